// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the tier needs of a client library. Safe from any thread.
 *
 * <p>A reply is a {@code byte[]}, a {@code Long}, a {@code List} of replies, null for nil, or a
 * {@link ErrorReply}.
 */
interface RedisClient extends AutoCloseable {
  /**
   * Sends commands in one pipeline, in this order, and waits for all replies.
   *
   * @param commands at least one
   * @param timeout how long all of it may take
   * @return a reply for each
   * @throws ConnectionException if it is not known what became of them: no connection, or no reply
   *     in time
   */
  List<@Nullable Object> send(List<Command> commands, Duration timeout) throws ConnectionException;

  /** Closes what this client opened. Never throws. */
  @Override
  void close();
}
