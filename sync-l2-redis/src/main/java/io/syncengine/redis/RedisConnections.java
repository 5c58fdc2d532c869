// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

/**
 * What the tier has to one Redis: so that a large batch holds no read up, they have connections of
 * their own.
 *
 * @param reads for reads, of callers and of the follower
 * @param writes for writes
 * @param subscriber for listening, over connections of its own
 * @param closer closes both and what they stand on; never throws
 */
record RedisConnections(
    RedisClient reads, RedisClient writes, Subscriber subscriber, Runnable closer)
    implements AutoCloseable {
  @Override
  public void close() {
    closer.run();
  }
}
