// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

/** The contract of a cache with Jedis. */
class JedisCacheContractTest extends RedisCacheContract {
  JedisCacheContractTest() {
    super("jedis");
  }
}
