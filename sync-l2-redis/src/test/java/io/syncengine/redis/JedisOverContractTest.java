// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.syncengine.spi.Tier;
import io.syncengine.testkit.TestTierConfig;
import io.syncengine.testkit.TierContract;
import io.syncengine.testkit.servers.RedisServerExtension;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import redis.clients.jedis.RedisClient;

/** The contract over an application's Jedis, with its own defaults. */
class JedisOverContractTest extends TierContract {
  private static final List<RedisClient> CLIENTS = new ArrayList<>();

  @RegisterExtension final RedisServerExtension server = RedisServerExtension.standalone();

  @BeforeEach
  void create() {
    CLIENTS.add(RedisClient.create(server.keyspace().url()));
  }

  /** Not after each test, since the contract looks at the tier again by then. */
  @AfterAll
  static void closeClients() {
    CLIENTS.forEach(RedisClient::close);
    CLIENTS.clear();
  }

  @Override
  protected Tier newTier() {
    return JedisTier.over(CLIENTS.get(CLIENTS.size() - 1).getPool());
  }

  @Override
  protected TestTierConfig config() {
    return RedisFixture.config(server.keyspace()).withUrl(null);
  }
}
