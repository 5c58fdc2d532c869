// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.syncengine.testkit.TestTierConfig;
import io.syncengine.testkit.servers.RedisKeyspace;

/** Tiers on the keys of one test. */
final class RedisFixture {
  private RedisFixture() {}

  /** How to open a tier on these keys, of which the user may touch no others. */
  static TestTierConfig config(RedisKeyspace keyspace) {
    String prefix = keyspace.prefix();
    return TestTierConfig.defaults()
        .withTierName("L2")
        .withUrl(keyspace.url())
        .withNamespace(prefix.substring(0, prefix.length() - 1));
  }
}
