// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What the tier needs of a client library. Safe from any thread. Each connection is {@linkplain
 * Greeting greeted} when it is made, and never connects again by itself: another is made, and
 * greeted.
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
  Replies send(List<Command> commands, Duration timeout) throws ConnectionException;

  /**
   * The node that a key's commands go to now.
   *
   * @param key any key
   * @return its name, for {@link #sendTo}; empty where there is only one
   * @throws ConnectionException if nobody serves the key's slot
   */
  default String nodeOf(byte[] key) throws ConnectionException {
    return "";
  }

  /**
   * As {@link #send}, but to one node, which speaks for itself: nothing is sent on to another, so
   * that what it does not serve is refused by it.
   *
   * @param node a name that {@link #nodeOf} gave
   */
  default Replies sendTo(String node, List<Command> commands, Duration timeout)
      throws ConnectionException {
    return send(commands, timeout);
  }

  /**
   * Who would be asked now: the server, or in a Cluster each master. Connects where there is no
   * connection.
   *
   * @param timeout how long it may take
   * @return the identities by which they were greeted
   * @throws ConnectionException if one of them cannot be reached
   */
  Set<String> identities(Duration timeout) throws ConnectionException;

  /** Gives up the connections that are there, since they lead to the wrong server. Never throws. */
  void renew();

  /** Whether all keys of one command have to be in one hash slot. */
  default boolean oneSlotACommand() {
    return false;
  }

  /** Closes what this client opened. Never throws. */
  @Override
  void close();
}
