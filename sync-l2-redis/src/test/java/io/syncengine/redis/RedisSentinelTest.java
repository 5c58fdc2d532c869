// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import static io.syncengine.testkit.Entries.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.testkit.TestTierConfig;
import io.syncengine.testkit.servers.RedisKeyspace;
import io.syncengine.testkit.servers.RedisNode;
import io.syncengine.testkit.servers.RedisServerExtension;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A master whose replica takes over when it dies, or hangs. */
class RedisSentinelTest {
  @RegisterExtension final RedisServerExtension server = RedisServerExtension.sentinel();

  @ParameterizedTest
  @CsvSource({"lettuce,true", "jedis,false"})
  void afterAFailoverItGoesOnAtTheNewMaster(String client, boolean hangs) {
    RedisKeyspace keyspace = server.keyspace();
    TestTierConfig config =
        RedisFixture.config(keyspace).withClient(client).withRequestTimeout(Duration.ofSeconds(2));
    RedisTier tier = new RedisTier();
    tier.open(config);
    RedisNode master = keyspace.masters().get(0);
    tier.apply(List.of(value("a", 1, "x")));
    // Before its master dies the replica has what was acknowledged.
    assertThat(master.command("WAIT", "1", "10000")).containsExactly("1");

    if (hangs) {
      master.pause();
    } else {
      master.kill();
    }

    RedisFixture.untilAvailable(() -> tier.apply(List.of(value("b", 1, "x"))));
    // Reads have a connection of their own.
    RedisFixture.untilAvailable(() -> tier.load(List.of("a")));
    assertThat(tier.load(List.of("a", "b")).found()).containsOnlyKeys("a", "b");
    assertThat(tier.poll(1, 10).rows()).hasSize(2);
    tier.close();
  }
}
