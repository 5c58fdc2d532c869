// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import static io.syncengine.testkit.Entries.committed;
import static io.syncengine.testkit.Entries.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.CacheSpace;
import io.syncengine.spi.CacheWrite;
import io.syncengine.spi.TierRole;
import io.syncengine.testkit.TestTierConfig;
import io.syncengine.testkit.servers.RedisKeyspace;
import io.syncengine.testkit.servers.RedisNode;
import io.syncengine.testkit.servers.RedisServerExtension;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
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

  /** And words between instances are heard at the new master. */
  @ParameterizedTest
  @CsvSource({"lettuce,false", "jedis,true"})
  void afterAFailoverACacheIsNotBelieved(String client, boolean hangs) {
    RedisKeyspace keyspace = server.keyspace();
    TestTierConfig config =
        RedisFixture.config(keyspace)
            .withClient(client)
            .withRole(TierRole.CACHE)
            .withRequestTimeout(Duration.ofSeconds(2));
    RedisTier cache = new RedisTier();
    // A Sentinel may still be about to tell the old master of the test before this one.
    RedisFixture.untilAvailable(() -> cache.open(config));
    CacheSpace space = new CacheSpace("failover", 1);
    Queue<String> heard = new ConcurrentLinkedQueue<>();
    cache.listen(space.databaseId(), heard::add);
    RedisFixture.untilHeard(cache, space.databaseId(), List.of(heard), "before");
    RedisNode master = keyspace.masters().get(0);
    assertThat(cache.begin(space, 0, 0)).isTrue();
    cache.put(space, List.of(CacheWrite.put(committed("a", 1, "x", 1), 1)), () -> 1);
    assertThat(master.command("WAIT", "1", "10000")).containsExactly("1");

    if (hangs) {
      master.pause();
    } else {
      master.kill();
    }

    RedisFixture.untilAvailable(() -> assertThat(cache.state(space)).isEmpty());
    assertThatThrownBy(() -> cache.get(space, List.of("a")))
        .isInstanceOf(TierUnavailableException.class);
    CacheSpace next = new CacheSpace("failover", 2);
    RedisFixture.untilAvailable(() -> assertThat(cache.begin(next, 1, 1)).isTrue());
    cache.put(next, List.of(CacheWrite.put(committed("a", 1, "x", 1), 1)), () -> 1);
    assertThat(cache.get(next, List.of("a"))).containsOnlyKeys("a");
    RedisFixture.untilHeard(cache, space.databaseId(), List.of(heard), "after");
    cache.close();
  }
}
