// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisURI;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.TierRole;
import io.syncengine.spi.Wake;
import io.syncengine.testkit.TestTierConfig;
import io.syncengine.testkit.servers.RedisKeyspace;
import io.syncengine.testkit.servers.RedisNode;
import io.syncengine.testkit.servers.RedisServerExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.RedisClient;

/** Words between instances by way of one Redis, by either client. */
class WakeTest {
  private static final String DATABASE = "database";

  @RegisterExtension final RedisServerExtension server = RedisServerExtension.standalone();

  private final List<RedisTier> opened = new ArrayList<>();
  private final Queue<String> heard = new ConcurrentLinkedQueue<>();
  private RedisKeyspace keyspace;
  private TestTierConfig config;

  @BeforeEach
  void setUp() {
    keyspace = server.keyspace();
    config =
        RedisFixture.config(keyspace)
            .withRole(TierRole.CACHE)
            .withRequestTimeout(Duration.ofSeconds(20));
  }

  @AfterEach
  void close() {
    opened.forEach(RedisTier::close);
    RedisFixture.until("no thread is left", () -> threads().isEmpty());
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.equals("sync-redis-wake") || name.equals("sync-redis-listen"))
        .toList();
  }

  private RedisTier open(RedisTier tier, TestTierConfig with) {
    tier.open(with);
    opened.add(tier);
    return tier;
  }

  private RedisTier open(String client) {
    return open(new RedisTier(), config.withClient(client));
  }

  private RedisNode node() {
    return keyspace.nodes().get(0);
  }

  /** How many connections listen to the test's channels. */
  private long listeners() {
    return node().command("CLIENT", "LIST", "TYPE", "pubsub").stream()
        .flatMap(String::lines)
        .filter(line -> line.contains(" user=" + keyspace.user() + " "))
        .count();
  }

  /** One says the word until the other has heard it. */
  private void assertHeard(Wake speaker, String origin) {
    RedisFixture.until(
        origin + " is heard",
        () -> {
          RedisFixture.untilAvailable(() -> speaker.wake(DATABASE, origin));
          return heard.contains(origin);
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aWordReachesWhoListensToTheSameGroundTruthAndNobodyElse(String client) {
    Queue<String> elsewhere = new ConcurrentLinkedQueue<>();
    RedisTier speaker = open(client);
    RedisTier hearer = open(client);
    hearer.listen(DATABASE, heard::add);
    hearer.listen("another", elsewhere::add);

    speaker.wake(DATABASE, "ä/1");
    hearer.wake(DATABASE, "two");
    RedisFixture.until("both are heard", () -> heard.size() == 2);
    assertThat(heard).containsExactlyInAnyOrder("ä/1", "two");

    speaker.wake("another", "three");
    RedisFixture.until("it is heard", () -> elsewhere.size() == 1);
    assertThat(elsewhere).containsExactly("three");
    assertThat(heard).hasSize(2);
  }

  @Test
  void aChannelIsCalledAsDocumented() {
    RedisTier hearer = open("lettuce");
    hearer.listen("", heard::add);

    // The hash of no bytes.
    node().command("PUBLISH", keyspace.prefix() + "c:ef46db3751d8e999:wake", "one");

    RedisFixture.until("it is heard", () -> heard.contains("one"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void whoDoesNotListenAnyMoreHearsNothing(String client) {
    RedisTier tier = open(client);
    Wake.Listening listening = tier.listen(DATABASE, heard::add);
    tier.listen(DATABASE, origin -> heard.add("still " + origin));
    assertThat(listeners()).isEqualTo(2);

    listening.close();
    listening.close();

    tier.wake(DATABASE, "one");
    RedisFixture.until("the other hears", () -> heard.contains("still one"));
    assertThat(heard).containsExactly("still one");
    RedisFixture.until("its connection is gone", () -> listeners() == 1);
    tier.close();
    opened.remove(tier);
    RedisFixture.until("all are gone", () -> listeners() == 0);
    assertThatThrownBy(() -> tier.listen(DATABASE, heard::add))
        .isInstanceOf(TierUnavailableException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aConnectionThatWasKilledIsMadeAnew(String client) {
    RedisTier tier = open(client);
    tier.listen(DATABASE, heard::add);
    for (int i = 0; i < 3; i++) {
      assertHeard(tier, "before " + i);
      node().command("CLIENT", "KILL", "TYPE", "pubsub");
      assertHeard(tier, "after " + i);
    }
    assertThat(listeners()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void afterARestartItIsListenedAgain(String client) {
    RedisTier tier = open(client);
    tier.listen(DATABASE, heard::add);
    keyspace.kill();
    assertThatThrownBy(() -> tier.wake(DATABASE, "one"))
        .isInstanceOf(TierUnavailableException.class);
    assertThatThrownBy(() -> tier.listen(DATABASE, heard::add))
        .isInstanceOf(TierUnavailableException.class);

    keyspace.restart();

    assertHeard(tier, "two");
    assertThat(listeners()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void withoutTheRightToTheChannelItIsSaid(String client) {
    RedisTier tier = open(client);
    node().command("ACL", "SETUSER", keyspace.user(), "resetchannels");

    assertThatThrownBy(() -> tier.listen(DATABASE, heard::add))
        .isInstanceOf(TierUnavailableException.class)
        .hasMessageContaining("rights");
    assertThatThrownBy(() -> tier.wake(DATABASE, "one"))
        .isInstanceOf(TierUnavailableException.class)
        .hasMessageContaining("rights");
    assertThat(threads()).isEmpty();

    node().command("ACL", "SETUSER", keyspace.user(), "&" + keyspace.prefix() + "*");
    tier.listen(DATABASE, heard::add);
    assertHeard(tier, "two");
  }

  @Test
  void anApplicationsLettuceListensToo() {
    io.lettuce.core.RedisClient client = io.lettuce.core.RedisClient.create();
    try {
      RedisTier tier =
          open(LettuceTier.over(client, RedisURI.create(keyspace.url())), config.withUrl(null));
      tier.listen(DATABASE, heard::add);
      assertHeard(tier, "one");
      // By default Lettuce connects again by itself.
      node().command("CLIENT", "KILL", "TYPE", "pubsub");
      assertHeard(tier, "two");
      assertThat(listeners()).isEqualTo(1);
      tier.close();
      opened.remove(tier);
      RedisFixture.until("its connection is gone", () -> listeners() == 0);
    } finally {
      client.shutdown();
    }
  }

  @Test
  void anApplicationsJedisListensToo() {
    try (RedisClient client = RedisClient.create(keyspace.url())) {
      RedisTier tier = open(JedisTier.over(client.getPool()), config.withUrl(null));
      tier.listen(DATABASE, heard::add);
      assertHeard(tier, "one");
      node().command("CLIENT", "KILL", "TYPE", "pubsub");
      assertHeard(tier, "two");
      assertThat(client.getPool().getNumActive()).isEqualTo(1);
      tier.close();
      opened.remove(tier);
      RedisFixture.until("it is given back", () -> client.getPool().getNumActive() == 0);
      assertThat(client.ping()).isEqualTo("PONG");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void whoMayOnlyReadListens(String client) {
    RedisTier speaker = open(client);
    RedisTier reader = open(new RedisTier(), config.withClient(client).withReadOnly(true));
    reader.listen(DATABASE, heard::add);

    assertHeard(speaker, "one");
  }
}
