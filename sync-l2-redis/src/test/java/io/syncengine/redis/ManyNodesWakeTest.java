// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.syncengine.spi.TierRole;
import io.syncengine.testkit.servers.RedisServerExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Words between instances in a Cluster; those by way of Sentinels are in RedisSentinelTest. */
class ManyNodesWakeTest {
  private static final String DATABASE = "database";
  private static final int HEARERS = 6;

  @RegisterExtension final RedisServerExtension cluster = RedisServerExtension.cluster();

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void atWhicheverNodeOneListensAllIsHeard(String client) {
    RedisTier tier = new RedisTier();
    tier.open(
        RedisFixture.config(cluster.keyspace())
            .withClient(client)
            .withRole(TierRole.CACHE)
            .withRequestTimeout(Duration.ofSeconds(10)));
    List<Queue<String>> hearers = new ArrayList<>();
    for (int i = 0; i < HEARERS; i++) {
      Queue<String> heard = new ConcurrentLinkedQueue<>();
      tier.listen(DATABASE, heard::add);
      hearers.add(heard);
    }
    RedisFixture.untilHeard(tier, DATABASE, hearers, "one");

    cluster.keyspace().nodes().forEach(n -> n.command("CLIENT", "KILL", "TYPE", "pubsub"));
    RedisFixture.untilHeard(tier, DATABASE, hearers, "two");

    cluster.keyspace().nodes().get(0).restart();
    RedisFixture.untilHeard(tier, DATABASE, hearers, "three");
    tier.close();
  }
}
