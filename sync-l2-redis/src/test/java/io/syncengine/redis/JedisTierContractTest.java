// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.syncengine.spi.Tier;
import io.syncengine.testkit.TestTierConfig;
import io.syncengine.testkit.TierContract;
import io.syncengine.testkit.servers.RedisServerExtension;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract on a standalone Redis with Jedis. */
class JedisTierContractTest extends TierContract {
  @RegisterExtension final RedisServerExtension server = RedisServerExtension.standalone();

  @Override
  protected Tier newTier() {
    return new RedisTierProvider().create();
  }

  @Override
  protected TestTierConfig config() {
    return RedisFixture.config(server.keyspace()).withClient("jedis");
  }
}
