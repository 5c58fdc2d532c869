// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

/** The contract of a cache with Lettuce. */
class LettuceCacheContractTest extends RedisCacheContract {
  LettuceCacheContractTest() {
    super("lettuce");
  }
}
