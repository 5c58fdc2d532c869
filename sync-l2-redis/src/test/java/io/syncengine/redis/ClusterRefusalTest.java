// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.model.TierException;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.testkit.TestTierConfig;
import io.syncengine.testkit.servers.RedisKeyspace;
import io.syncengine.testkit.servers.RedisServerExtension;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A Cluster where none is wanted, and none where one is: said in one line, without secrets. */
class ClusterRefusalTest {
  @RegisterExtension final RedisServerExtension cluster = RedisFixture.cluster();
  @RegisterExtension final RedisServerExtension standalone = RedisServerExtension.standalone();

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aClusterAsTheGroundTruth(String client) {
    assertRefused(client, cluster.keyspace(), cluster.keyspace().url(), "set sql_url");
    assertRefused(client, cluster.keyspace(), toFirst("redis://"), "set sql_url");
    assertThat(cluster.keyspace().keys()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aClustersUrlToARedisThatIsNone(String client) {
    String url = standalone.keyspace().url().replace("redis://", "redis+cluster://");

    assertRefused(client, standalone.keyspace(), url, "it is no Cluster; write redis://");
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aWrongPassword(String client) {
    RedisKeyspace keyspace = cluster.keyspace();
    String url = toFirst("redis+cluster://").replaceAll(":[^:]*@", ":no-secret@");

    assertRefused(client, keyspace, url, "user or password is wrong");
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aUserWhoMayNotAskForTheSlots(String client) {
    RedisKeyspace keyspace = cluster.keyspace();
    keyspace
        .nodes()
        .forEach(node -> node.command("ACL", "SETUSER", keyspace.user(), "-cluster|slots"));

    assertRefused(client, keyspace, keyspace.url(), "cluster|slots");
  }

  private String toFirst(String scheme) {
    return cluster.keyspace().url().replace("redis+cluster://", scheme).replaceAll(",.*", "");
  }

  private static void assertRefused(
      String client, RedisKeyspace keyspace, String url, String says) {
    TestTierConfig config = RedisFixture.config(keyspace).withClient(client).withUrl(url);
    assertThatThrownBy(() -> new RedisTier().open(config))
        .isInstanceOf(TierException.class)
        .isNotInstanceOf(TierUnavailableException.class)
        .hasMessageContaining(says)
        .hasMessageNotContaining(keyspace.password())
        .hasMessageNotContaining("no-secret");
  }
}
