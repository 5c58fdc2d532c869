// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** What a test gets of a master, its replica and three Sentinels. */
class SentinelRedisTest extends RedisServerContract {
  @Override
  RedisServerExtension newExtension() {
    return RedisServerExtension.sentinel();
  }

  @Test
  void theReplicaTakesOverFromAMasterThatIsKilled() throws Exception {
    RedisKeyspace keyspace = redis.keyspace();
    RedisNode old = keyspace.masters().get(0);
    asUser("SET", keyspace.prefix() + "a", "1");

    old.kill();

    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (masterPort(keyspace) == old.port() && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
    assertThat(masterPort(keyspace)).isNotEqualTo(old.port());
    keyspace.heal();
    assertThat(keyspace.masters()).extracting(RedisNode::port).doesNotContain(old.port());
    assertThat(asUser("GET", keyspace.prefix() + "a")).containsExactly("1");
  }

  @Test
  void theSentinelsAreInTheUrl() {
    RedisKeyspace keyspace = redis.keyspace();

    assertThat(keyspace.sentinels()).hasSize(3);
    assertThat(keyspace.url()).startsWith("redis-sentinel://").endsWith("#main");
    for (RedisNode sentinel : keyspace.sentinels()) {
      assertThat(keyspace.url()).contains("127.0.0.1:" + sentinel.port());
    }
  }

  private static int masterPort(RedisKeyspace keyspace) {
    List<String> said =
        keyspace.sentinels().get(0).command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", "main");
    return Integer.parseInt(said.get(1));
  }
}
