// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.syncengine.spi.Tier;
import io.syncengine.testkit.TestTierConfig;
import io.syncengine.testkit.TierContract;
import io.syncengine.testkit.servers.RedisServerExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract over an application's Lettuce, with its own defaults. */
class LettuceOverContractTest extends TierContract {
  private static RedisClient client;

  @RegisterExtension final RedisServerExtension server = RedisServerExtension.standalone();

  @BeforeAll
  static void create() {
    client = RedisClient.create();
  }

  @AfterAll
  static void shutDown() {
    client.shutdown();
  }

  @Override
  protected Tier newTier() {
    return LettuceTier.over(client, RedisURI.create(server.keyspace().url()));
  }

  @Override
  protected TestTierConfig config() {
    return RedisFixture.config(server.keyspace()).withUrl(null);
  }
}
