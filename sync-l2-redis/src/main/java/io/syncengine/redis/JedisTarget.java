// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.syncengine.spi.TierConfig;
import java.util.concurrent.ScheduledExecutorService;
import redis.clients.jedis.Connection;
import redis.clients.jedis.util.Pool;

/** An application's Jedis, which stays its own. */
record JedisTarget(Pool<Connection> pool) implements RedisTarget {
  @Override
  public String subject() {
    return "the application's Redis";
  }

  @Override
  public String library() {
    return RedisDriver.JEDIS.toString();
  }

  @Override
  public RedisConnections connect(TierConfig by, Greeting greeting) throws ConnectionException {
    ScheduledExecutorService watch = JedisConnections.watch();
    JedisPoolClient client = new JedisPoolClient(pool, greeting, watch);
    try {
      client.identities(by.requestTimeout());
      return new RedisConnections(client, client, client.subscriber(), watch::shutdownNow);
    } catch (ConnectionException | RuntimeException e) {
      watch.shutdownNow();
      throw e;
    }
  }
}
