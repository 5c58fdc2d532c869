// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.syncengine.testkit.servers.RedisServerExtension;

/** The contract of a cache with Lettuce. */
class LettuceCacheContractTest extends RedisCacheContract {
  LettuceCacheContractTest() {
    super("lettuce", RedisServerExtension.standalone());
  }
}
