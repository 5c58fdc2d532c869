// SPDX-License-Identifier: AGPL-3.0-only

/** Redis as a tier. */
@SuppressWarnings("requires-automatic") // All have their names in their manifests.
module io.syncengine.redis {
  requires transitive io.syncengine;
  requires lettuce.core;
  requires static io.netty.common;
  requires static redis.clients.jedis;
  requires static org.jspecify;

  exports io.syncengine.redis;

  provides io.syncengine.spi.TierProvider with
      io.syncengine.redis.RedisTierProvider;
}
