// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import java.util.Objects;
import redis.clients.jedis.Connection;
import redis.clients.jedis.util.Pool;

/**
 * Redis tiers over an application's Jedis.
 *
 * @since 0.1
 */
public final class JedisTier {
  private JedisTier() {}

  /**
   * A tier over what the application has. Each call takes one connection from the pool, asks over
   * it who is there, before anything else and in the same pipeline, and gives it back as it was.
   * The pool is never closed. A cache keeps one connection more, to listen for other instances'
   * words, unless the pool has but one. A call waits for a connection no longer than its own
   * time-out; how long it takes to make one is the application's setting.
   *
   * @param pool connects to a standalone Redis, or by way of Sentinels, as {@code
   *     redis.clients.jedis.RedisClient.getPool()} does
   * @return a tier, not open yet
   */
  public static RedisTier over(Pool<Connection> pool) {
    return new RedisTier(new JedisTarget(Objects.requireNonNull(pool, "pool")));
  }
}
