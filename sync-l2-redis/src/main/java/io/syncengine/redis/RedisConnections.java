// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

/**
 * What the tier has to one Redis: so that a large batch holds no read up, they have connections of
 * their own.
 */
interface RedisConnections extends AutoCloseable {
  /** For reads, of callers and of the follower. */
  RedisClient reads();

  /** For writes. */
  RedisClient writes();

  /** Closes both. Never throws. */
  @Override
  void close();
}
