// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import static io.syncengine.testkit.Entries.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.model.TierException;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.testkit.TestTierConfig;
import io.syncengine.testkit.servers.RedisKeyspace;
import io.syncengine.testkit.servers.RedisServerExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A Redis that speaks TLS alone, with a certificate of its own for 127.0.0.1 and localhost. */
class RedisTlsTest {
  @RegisterExtension final RedisServerExtension server = RedisServerExtension.tls();
  @TempDir private Path folder;

  private RedisKeyspace keyspace;
  private TestTierConfig config;

  @BeforeEach
  void setUp() throws IOException {
    keyspace = server.keyspace();
    Path trusted = folder.resolve("trusted.pem");
    Files.writeString(trusted, keyspace.certificate().orElseThrow());
    config = RedisFixture.config(keyspace).withProperties(Map.of("trust", trusted.toString()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aCertificateThatIsTrusted(String client) {
    RedisTier tier = new RedisTier();
    tier.open(config.withClient(client));

    tier.apply(List.of(value("a", 1, "x")));

    assertThat(tier.load(List.of("a")).found()).containsOnlyKeys("a");
    tier.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aCertificateThatNobodyTrusts(String client) {
    assertThatThrownBy(
            () -> new RedisTier().open(config.withProperties(Map.of()).withClient(client)))
        .isInstanceOf(TierException.class)
        .isNotInstanceOf(TierUnavailableException.class)
        .hasMessageContainingAll("TLS could not be agreed", "redis.trust");
  }

  /** With a log, an engine starts while the server is silent; it does not if it is refused. */
  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aServerThatIsSilentIsNotRefused(String client) {
    keyspace.pause();

    assertThatThrownBy(
            () ->
                new RedisTier()
                    .open(config.withClient(client).withRequestTimeout(Duration.ofSeconds(1))))
        .isInstanceOf(TierUnavailableException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aPlainConnectionToAPortWithTls(String client) {
    TestTierConfig plain =
        config
            .withUrl(keyspace.url().replace("rediss://", "redis://"))
            .withRequestTimeout(Duration.ofSeconds(2));

    assertThatThrownBy(() -> new RedisTier().open(plain.withClient(client)))
        .isInstanceOf(TierException.class)
        .hasMessageNotContaining(keyspace.password());
  }
}
