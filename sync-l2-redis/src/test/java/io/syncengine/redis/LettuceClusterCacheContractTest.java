// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

/** The contract of a cache in a Cluster with Lettuce. */
class LettuceClusterCacheContractTest extends RedisCacheContract {
  LettuceClusterCacheContractTest() {
    super("lettuce", RedisFixture.cluster());
  }
}
