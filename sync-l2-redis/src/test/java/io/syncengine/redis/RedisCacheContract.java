// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.syncengine.spi.CacheSpace;
import io.syncengine.spi.Tier;
import io.syncengine.testkit.CacheContract;
import io.syncengine.testkit.TestTierConfig;
import io.syncengine.testkit.servers.RedisNode;
import io.syncengine.testkit.servers.RedisServerExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract on a real Redis, with the losses that it can have. */
abstract class RedisCacheContract extends CacheContract {
  @RegisterExtension final RedisServerExtension server;

  private final String client;

  RedisCacheContract(String client, RedisServerExtension server) {
    this.client = client;
    this.server = server;
  }

  @Override
  protected Tier newTier() {
    return new RedisTierProvider().create();
  }

  @Override
  protected TestTierConfig config() {
    return RedisFixture.config(server.keyspace()).withClient(client);
  }

  @Override
  public void forgetLanes() {
    RedisFixture.delete(server.keyspace(), RedisFixture.LANES);
  }

  @Override
  public void forgetState() {
    RedisFixture.delete(server.keyspace(), RedisFixture.STATES);
  }

  @Override
  public void damage(CacheSpace space, String id) {
    RedisFixture.damage(server.keyspace(), space, id);
  }

  /** The test's user may touch the keys of one namespace only. */
  @Test
  @Override
  public void namespacesDoNotSeeEachOther() {
    for (RedisNode node : server.keyspace().nodes()) {
      node.command("ACL", "SETUSER", server.keyspace().user(), "~other:*");
    }
    super.namespacesDoNotSeeEachOther();
    RedisFixture.delete(server.keyspace(), "other:*", RedisFixture.ANYTHING);
  }

  /** All is there again, and nobody can be sure of that. */
  @Override
  public void goBack() {
    server.keyspace().restart();
  }
}
