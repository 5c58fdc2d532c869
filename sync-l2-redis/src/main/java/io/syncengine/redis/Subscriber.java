// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Listens to channels of Redis, each over a connection of its own. Safe from any thread. */
interface Subscriber {
  /**
   * Connects and subscribes.
   *
   * @param channel the channel
   * @param heard is called with each message, on a thread of the client; returns at once
   * @param timeout how long it may take
   * @return what hears from now on
   * @throws ConnectionException if there is no connection, or no right to the channel
   */
  Subscription subscribe(byte[] channel, Consumer<byte[]> heard, Duration timeout)
      throws ConnectionException;

  /** A channel that is listened to. It never connects again by itself. Safe from any thread. */
  interface Subscription extends AutoCloseable {
    /**
     * Subscribes again, which changes nothing, to see whether anybody is there.
     *
     * @param timeout how long it may take
     * @throws ConnectionException if there is no answer, or no right to the channel any more
     */
    void confirm(Duration timeout) throws ConnectionException;

    /** Complete once nothing is heard any more, for whatever reason; never exceptionally. */
    CompletionStage<?> ended();

    /** Ends it, within about two seconds. Never throws. */
    @Override
    void close();
  }
}
