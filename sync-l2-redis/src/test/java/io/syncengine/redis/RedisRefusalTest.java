// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.model.TierException;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.model.VersionMode;
import io.syncengine.spi.IdRange;
import io.syncengine.testkit.Entries;
import io.syncengine.testkit.TestTierConfig;
import io.syncengine.testkit.servers.RedisKeyspace;
import io.syncengine.testkit.servers.RedisNode;
import io.syncengine.testkit.servers.RedisServerExtension;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What cannot be opened, by either client: one line that says what and what to do, without secrets,
 * and nothing is written.
 */
class RedisRefusalTest {
  @RegisterExtension final RedisServerExtension server = RedisServerExtension.standalone();

  private RedisKeyspace keyspace;
  private TestTierConfig config;

  @BeforeEach
  void setUp() {
    keyspace = server.keyspace();
    config = RedisFixture.config(keyspace);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aWrongPassword(String client) {
    String url = keyspace.url().replace(escaped(keyspace.password()), "no-secret");

    assertRefused(client, config.withUrl(url), "user or password is wrong");
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void noPassword(String client) {
    assertRefused(
        client,
        config.withUrl("redis://127.0.0.1:" + keyspace.nodes().get(0).port()),
        "name user and password in the URL");
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aUserWithoutRights(String client) {
    assertRefused(client, config.withNamespace("another"), "rights do not suffice");
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void theRightsThatReadmeNamesSuffice(String client) {
    String user = keyspace.user() + "_least";
    String[] rights = "reset on >pw +@read +@write +@scripting +@connection +info +time".split(" ");
    List<String> words = new ArrayList<>(List.of("ACL", "SETUSER", user));
    words.addAll(List.of(rights));
    words.add("~" + keyspace.prefix() + "*");
    node().command(words.toArray(String[]::new));
    try {
      RedisTier tier = new RedisTier();
      tier.open(
          config.withClient(client).withUrl("redis://" + user + ":pw@127.0.0.1:" + node().port()));
      tier.apply(List.of(Entries.value("a", 1, "x"), Entries.tombstone("b", 1)));
      assertThat(tier.load(List.of("a", "b")).found()).hasSize(2);
      assertThat(tier.scan(IdRange.ALL, null, 10)).hasSize(1);
      assertThat(tier.poll(1, 10).rows()).hasSize(1);
      assertThat(tier.headers(IdRange.ALL, null, 10).headers()).hasSize(2);
      tier.restore(List.of(Entries.value("a", 1, "x")));
      tier.register("reader", 2);
      assertThat(tier.trim(Long.MAX_VALUE, 0, 10)).isEqualTo(1);
      tier.unregister("reader");
      assertThat(tier.purge(Long.MAX_VALUE / 2, 10)).isEqualTo(1);
      assertThat(tier.serverTimeMillis()).isPresent();
      tier.close();
    } finally {
      node().command("ACL", "DELUSER", user);
    }
  }

  /** A script that may not run its last command would stop half way. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "del",
        "getrange",
        "hdel",
        "hset",
        "set",
        "xadd",
        "xrange",
        "xrevrange",
        "xtrim",
        "zadd",
        "zcard",
        "zrangebylex",
        "zrangebyscore",
        "zrem",
        "zscore"
      })
  void aUserWhoLacksOneCommandOfTheScripts(String command) {
    open("lettuce", config);
    node().command("ACL", "SETUSER", keyspace.user(), "-" + command);

    assertRefused("lettuce", config, "rights do not suffice");
    assertRefused("jedis", config, "rights do not suffice");
  }

  @ParameterizedTest
  @ValueSource(strings = {"head", "meta"})
  void aPartOfTheDataIsNotTakenForNone(String lost) {
    RedisTier tier = new RedisTier();
    tier.open(config);
    tier.apply(List.of(Entries.value("a", 1, "x")));
    tier.close();
    node().command("DEL", keyspace.prefix() + lost);

    assertRefused("lettuce", config, lost.equals("head") ? "head of its change log" : "program");

    node().command("DEL", keyspace.prefix() + "head");
    node().command("DEL", keyspace.prefix() + "meta");
    assertRefused("lettuce", config, "head of its change log is not");
    assertThat(keyspace.keys()).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void tlsToAPortWithoutIt(String client) {
    String url = keyspace.url().replace("redis://", "rediss://");

    assertThatThrownBy(() -> open(client, config.withUrl(url).withRequestTimeout(ofSeconds(3))))
        .isInstanceOf(TierException.class)
        .satisfies(this::hasNoSecret);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aDatabaseThatIsNotThere(String client) {
    assertRefused(
        client, config.withUrl(keyspace.url() + "/999"), "it has no database of that number");
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aKeyOfAnotherProgram(String client) {
    String key = keyspace.prefix() + "meta";
    node().command("SET", key, "mine");

    assertRefused(client, config, "another program has keys of this name");
    assertThat(node().command("GET", key)).containsExactly("mine");
    assertThat(keyspace.keys()).containsExactly(key);

    node().command("DEL", key);
    node().command("HSET", key, "a", "b");
    assertRefused(client, config, "another program made");
    assertThat(keyspace.keys()).containsExactly(key);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void dataOfANewerRelease(String client) {
    open(client, config);
    node().command("HSET", keyspace.prefix() + "meta", "readable_from", "3");

    assertRefused(client, config, "written by a newer release");
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void anotherVersionMode(String client) {
    open(client, config);

    assertRefused(client, config.withVersionMode(VersionMode.CALLER), "version_mode=engine");
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void whatMayDropData(String client) {
    node().command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
    try {
      assertRefused(client, config, "maxmemory-policy is allkeys-lru", "noeviction");
      assertThat(keyspace.keys()).isEmpty();
    } finally {
      node().command("CONFIG", "SET", "maxmemory-policy", "noeviction");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void nothingToRead(String client) {
    assertRefused(client, config.withReadOnly(true), "no data of this namespace");
    assertThat(keyspace.keys()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void nobodyThere(String client) {
    keyspace.kill();

    assertThatThrownBy(() -> open(client, config.withRequestTimeout(ofSeconds(3))))
        .isInstanceOf(TierUnavailableException.class)
        .hasMessageContaining("127.0.0.1:" + keyspace.nodes().get(0).port())
        .satisfies(this::hasNoSecret);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void nobodyAnswers(String client) {
    keyspace.pause();
    long began = System.nanoTime();

    assertThatThrownBy(() -> open(client, config.withRequestTimeout(ofSeconds(1))))
        .isInstanceOf(TierUnavailableException.class)
        .satisfies(this::hasNoSecret);

    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(ofSeconds(20));
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aFileWithoutCertificates(String client) {
    assertRefused(client, config.withProperties(Map.of("trust", "/no/such/file")), "redis.trust");
  }

  private RedisNode node() {
    return keyspace.nodes().get(0);
  }

  private void assertRefused(String client, TestTierConfig with, String... says) {
    assertThatThrownBy(() -> open(client, with))
        .isInstanceOf(TierException.class)
        .isNotInstanceOf(TierUnavailableException.class)
        .hasMessageContainingAll(says)
        .satisfies(this::hasNoSecret);
  }

  /** Nor the exceptions that led to it. */
  private void hasNoSecret(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      assertThat(t.toString())
          .doesNotContain(keyspace.password(), escaped(keyspace.password()), "no-secret");
    }
  }

  private static void open(String client, TestTierConfig config) {
    RedisTier tier = new RedisTier();
    tier.open(config.withClient(client));
    tier.close();
  }

  private static Duration ofSeconds(long seconds) {
    return Duration.ofSeconds(seconds);
  }

  private static String escaped(String password) {
    return URLEncoder.encode(password, StandardCharsets.UTF_8);
  }
}
