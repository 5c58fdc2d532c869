// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

/** The contract of a cache in a Cluster with Jedis. */
class JedisClusterCacheContractTest extends RedisCacheContract {
  JedisClusterCacheContractTest() {
    super("jedis", RedisFixture.cluster());
  }
}
