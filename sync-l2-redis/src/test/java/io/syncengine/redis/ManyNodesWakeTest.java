// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.syncengine.spi.TierRole;
import io.syncengine.testkit.TestTierConfig;
import io.syncengine.testkit.servers.RedisKeyspace;
import io.syncengine.testkit.servers.RedisServerExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Words between instances where there are several servers. */
class ManyNodesWakeTest {
  private static final String DATABASE = "database";
  private static final int HEARERS = 6;

  @RegisterExtension final RedisServerExtension cluster = RedisServerExtension.cluster();
  @RegisterExtension final RedisServerExtension sentinels = RedisServerExtension.sentinel();

  private static TestTierConfig config(RedisKeyspace keyspace, String client) {
    return RedisFixture.config(keyspace)
        .withClient(client)
        .withRole(TierRole.CACHE)
        .withRequestTimeout(Duration.ofSeconds(10));
  }

  private static void assertHeard(RedisTier speaker, List<Queue<String>> hearers, String origin) {
    RedisFixture.until(
        "all hear " + origin,
        () -> {
          RedisFixture.untilAvailable(() -> speaker.wake(DATABASE, origin));
          return hearers.stream().allMatch(heard -> heard.contains(origin));
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void atWhicheverNodeOneListensAllIsHeard(String client) {
    RedisTier tier = new RedisTier();
    tier.open(config(cluster.keyspace(), client));
    List<Queue<String>> hearers = new ArrayList<>();
    for (int i = 0; i < HEARERS; i++) {
      Queue<String> heard = new ConcurrentLinkedQueue<>();
      tier.listen(DATABASE, heard::add);
      hearers.add(heard);
    }
    assertHeard(tier, hearers, "one");

    cluster.keyspace().nodes().forEach(n -> n.command("CLIENT", "KILL", "TYPE", "pubsub"));
    assertHeard(tier, hearers, "two");

    cluster.keyspace().nodes().get(0).restart();
    assertHeard(tier, hearers, "three");
    tier.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void afterAFailoverItIsListenedAtTheNewMaster(String client) {
    RedisTier tier = new RedisTier();
    // A Sentinel may still be about to tell the old master of the test before this one.
    RedisFixture.untilAvailable(() -> tier.open(config(sentinels.keyspace(), client)));
    Queue<String> heard = new ConcurrentLinkedQueue<>();
    tier.listen(DATABASE, heard::add);
    assertHeard(tier, List.of(heard), "one");

    sentinels.keyspace().masters().get(0).kill();

    assertHeard(tier, List.of(heard), "two");
    tier.close();
  }
}
