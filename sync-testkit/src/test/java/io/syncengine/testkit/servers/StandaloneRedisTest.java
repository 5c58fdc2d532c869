// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a test gets of one server. */
class StandaloneRedisTest extends RedisServerContract {
  @RegisterExtension
  final RedisServerExtension small =
      RedisServerExtension.standalone().withOptions("--maxmemory", "10mb");

  @Override
  RedisServerExtension newExtension() {
    return RedisServerExtension.standalone();
  }

  @Test
  void settingsAreThoseOfAServerOfTheirOwn() {
    RedisNode node = redis.keyspace().nodes().get(0);
    RedisNode other = small.keyspace().nodes().get(0);

    assertThat(other.port()).isNotEqualTo(node.port());
    assertThat(other.command("CONFIG", "GET", "maxmemory")).contains("10485760");
    assertThat(node.command("CONFIG", "GET", "maxmemory")).contains("0");
    assertThat(redis.keyspace().url()).startsWith("redis://").endsWith("@127.0.0.1:" + node.port());
  }
}
