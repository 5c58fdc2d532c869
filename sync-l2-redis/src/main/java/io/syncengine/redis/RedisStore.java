// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.syncengine.spi.TierInfo;

/** What a {@link RedisTier} has open, by what it is to the engine. Safe from any thread. */
sealed interface RedisStore permits Store, CacheStore {
  /** What is there now. */
  TierInfo describe();

  /** Closes the connections. Never throws. */
  void close();
}
