// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a test gets of a Cluster. */
class ClusterRedisTest extends RedisServerContract {
  @Override
  RedisServerExtension newExtension() {
    return RedisServerExtension.cluster();
  }

  @Test
  void keysAreSpreadOverThreeMasters() throws IOException {
    RedisKeyspace keyspace = redis.keyspace();
    assertThat(keyspace.masters()).hasSize(3).isEqualTo(keyspace.nodes());
    for (int i = 0; i < 30; i++) {
      asUser("SET", keyspace.prefix() + i, "x");
    }

    Set<String> seen = new HashSet<>();
    for (RedisNode node : keyspace.nodes()) {
      List<String> here = node.command("KEYS", keyspace.prefix() + "*");
      assertThat(here).isNotEmpty();
      seen.addAll(here);
      assertThat(keyspace.url()).contains("127.0.0.1:" + node.port());
    }
    assertThat(seen).hasSize(30);
  }
}
