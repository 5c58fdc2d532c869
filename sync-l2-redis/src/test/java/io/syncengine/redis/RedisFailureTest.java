// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import static io.syncengine.testkit.Entries.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.model.CorruptDataException;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.Entry;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.ItemOutcome;
import io.syncengine.testkit.TestTierConfig;
import io.syncengine.testkit.servers.RedisKeyspace;
import io.syncengine.testkit.servers.RedisNode;
import io.syncengine.testkit.servers.RedisServerExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls that Redis cannot or will not serve, by either client. */
class RedisFailureTest {
  @RegisterExtension final RedisServerExtension server = RedisServerExtension.standalone();

  private final List<RedisTier> opened = new ArrayList<>();
  private RedisKeyspace keyspace;
  private TestTierConfig config;

  @BeforeEach
  void setUp() {
    keyspace = server.keyspace();
    config = RedisFixture.config(keyspace);
  }

  @AfterEach
  void close() {
    opened.forEach(RedisTier::close);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void whileTheServerHangsEachCallEndsInTimeAndAfterwardsAllIsWell(String client) {
    RedisTier tier = open(client, config.withRequestTimeout(Duration.ofSeconds(1)));
    tier.apply(List.of(value("a", 1, "x")));
    keyspace.pause();
    long began = System.nanoTime();

    assertUnavailable(() -> tier.load(List.of("a")));
    assertUnavailable(() -> tier.apply(List.of(value("b", 1, "x"))));
    assertUnavailable(() -> tier.scan(IdRange.ALL, null, 1));
    assertUnavailable(() -> tier.poll(1, 1));
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(RedisFixture.PATIENCE);

    keyspace.resume();
    RedisFixture.untilAvailable(() -> assertThat(tier.load(List.of("a")).found()).containsKey("a"));
    RedisFixture.untilAvailable(() -> tier.apply(List.of(value("b", 1, "x"))));
    RedisFixture.untilAvailable(() -> assertThat(tier.load(List.of("b")).found()).containsKey("b"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void afterARestartItGoesOnWithWhatWasThere(String client) {
    RedisTier tier = open(client, config);
    tier.apply(List.of(value("a", 1, "x")));
    keyspace.kill();
    assertUnavailable(() -> tier.load(List.of("a")));
    assertUnavailable(() -> tier.apply(List.of(value("a", 2, "y"))));

    keyspace.restart();

    // The scripts that the server had are gone with it.
    RedisFixture.untilAvailable(() -> tier.apply(List.of(value("a", 2, "y"))));
    // Reads have a connection of their own.
    RedisFixture.untilAvailable(
        () -> assertThat(tier.load(List.of("a")).found().get("a").version()).isEqualTo(2));
    assertThat(tier.poll(1, 10).rows()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void afterAWipeNothingIsReadOrWrittenUntilItIsOpenedAnew(String client) {
    RedisTier tier = open(client, config);
    tier.apply(List.of(value("a", 1, "x")));
    keyspace.wipe();

    assertReplaced(() -> tier.apply(List.of(value("b", 1, "x"))));
    assertReplaced(() -> tier.purge(1, 1));
    assertReplaced(() -> tier.load(List.of("a")));
    assertReplaced(() -> tier.scan(IdRange.ALL, null, 1));
    assertThat(tier.poll(1, 1).databaseId()).isEmpty();
    assertThat(keyspace.keys()).isEmpty();

    RedisTier another = open(client, config);
    another.apply(List.of(value("b", 1, "x")));
    assertReplaced(() -> tier.load(List.of("b")));
    assertReplaced(() -> tier.apply(List.of(value("c", 1, "x"))));
    assertThat(tier.poll(1, 1).databaseId()).isEqualTo(another.poll(1, 1).databaseId());
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aFullRedisTakesNoBatchAndLosesNone(String client) {
    RedisTier tier = open(client, config);
    tier.apply(List.of(value("a", 1, "x"), Entry.ofTombstone("t", 1, 5)));
    node().command("CONFIG", "SET", "maxmemory", "1");
    try {
      assertThatThrownBy(() -> tier.apply(List.of(value("a", 2, "y"), value("b", 1, "x"))))
          .isInstanceOf(TierUnavailableException.class)
          .hasMessageContaining("full");
      assertThat(tier.load(List.of("a")).found().get("a").version()).isEqualTo(1);
      assertThat(tier.load(List.of("b")).found()).isEmpty();
      assertThat(tier.poll(1, 10).rows()).hasSize(1);
      assertThat(tier.purge(10, 10)).as("what frees memory is done").isEqualTo(1);
      assertThat(tier.horizonMillis()).isEqualTo(10);
    } finally {
      node().command("CONFIG", "SET", "maxmemory", "0");
    }
    tier.apply(List.of(value("a", 2, "y"), value("b", 1, "x")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aValueThatIsNotOursIsOneItemsTrouble(String client) {
    RedisTier tier = open(client, config);
    tier.apply(List.of(value("a", 1, "x"), value("b", 1, "x"), value("c", 1, "x")));
    node().command("SET", keyspace.prefix() + "item:a", "mine");
    node().command("DEL", keyspace.prefix() + "item:b");
    node().command("LPUSH", keyspace.prefix() + "item:b", "mine");

    List<ItemOutcome> outcomes =
        tier.apply(List.of(value("a", 2, "y"), value("b", 2, "y"), value("c", 2, "y"))).outcomes();

    assertThat(outcomes.get(0).reason()).isEqualTo(ItemOutcome.REFUSED);
    assertThat(outcomes.get(1).reason()).isEqualTo(ItemOutcome.REFUSED);
    assertThat(outcomes.get(2).kind()).isEqualTo(ItemOutcome.Kind.APPLIED);
    assertCorrupt(() -> tier.load(List.of("a")));
    assertCorrupt(() -> tier.load(List.of("b")));
    assertCorrupt(() -> tier.scan(IdRange.ALL, null, 10));
    assertThat(tier.load(List.of("c", "none")).found()).containsOnlyKeys("c");
    assertThat(node().command("GET", keyspace.prefix() + "item:a")).containsExactly("mine");
  }

  /** What the messages advise for a value that is damaged. */
  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aKeyThatWasDeletedByHandIsNotAbsentUntilItIsWrittenAgain(String client) {
    RedisTier tier = open(client, config);
    tier.apply(List.of(value("a", 1, "x"), Entry.ofTombstone("t", 1, 5)));
    node().command("DEL", keyspace.prefix() + "item:a");
    node().command("DEL", keyspace.prefix() + "item:t");

    assertCorrupt(() -> tier.load(List.of("a")));
    assertCorrupt(() -> tier.scan(IdRange.ALL, null, 10));

    tier.apply(List.of(value("a", 2, "y"), value("t", 2, "y")));
    assertThat(tier.load(List.of("a", "t")).found()).containsOnlyKeys("a", "t");
    assertThat(tier.scan(IdRange.ALL, null, 10)).hasSize(2);
    assertThat(tier.purge(Long.MAX_VALUE, 10)).as("it is no tombstone any more").isZero();
    assertThat(tier.load(List.of("a", "t")).found()).containsOnlyKeys("a", "t");
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void theHorizonIsExactAtAnyTime(String client) {
    RedisTier tier = open(client, config);

    tier.purge(-5, 10);
    assertThat(tier.horizonMillis()).isZero();
    tier.purge((1L << 53) + 1, 10);
    assertThat(tier.horizonMillis()).isEqualTo((1L << 53) + 1);
    tier.purge(Long.MAX_VALUE, 10);
    assertThat(tier.horizonMillis()).isEqualTo(Long.MAX_VALUE);
    assertThat(tier.apply(List.of(value("a", 1, "x"))).outcomes().get(0).reason())
        .isEqualTo(ItemOutcome.EXPIRED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aFullRedisIsPurgedThoughNothingIsThereToDelete(String client) {
    RedisTier tier = open(client, config);
    node().command("CONFIG", "SET", "maxmemory", "1");
    try {
      assertThat(tier.purge(10, 10)).isZero();
    } finally {
      node().command("CONFIG", "SET", "maxmemory", "0");
    }
    assertThat(tier.horizonMillis()).isEqualTo(10);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void rightsThatWereTakenAwayAreAnOutageAndNoItemsFault(String client) {
    RedisTier tier = open(client, config);
    tier.apply(List.of(value("a", 1, "x")));
    for (String command : List.of("getrange", "xadd", "evalsha")) {
      node().command("ACL", "SETUSER", keyspace.user(), "-" + command);
      assertUnavailable(() -> tier.apply(List.of(value("a", 2, "y"))));
      node().command("ACL", "SETUSER", keyspace.user(), "+" + command);
    }
    assertThat(tier.apply(List.of(value("a", 2, "y"))).row().sequence()).isEqualTo(2);
  }

  /** Nothing may be written on top of what nobody understands. */
  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aCommitThatWasCutShortStopsTheNext(String client) {
    RedisTier tier = open(client, config);
    tier.apply(List.of(value("a", 1, "x")));
    node().command("XADD", keyspace.prefix() + "changes", "2-0", "tag", "x");

    assertThatThrownBy(() -> tier.apply(List.of(value("a", 2, "y"))))
        .isInstanceOf(TierUnavailableException.class)
        .hasMessageContaining("cut short");

    assertThat(tier.load(List.of("a")).found().get("a").version()).isEqualTo(1);
  }

  /** More than what the kernel takes without the server. */
  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void alsoALargeWriteToAServerThatHangsEndsInTime(String client) {
    RedisTier tier = open(client, config.withRequestTimeout(Duration.ofSeconds(1)));
    byte[] content = new byte[32 << 20];
    keyspace.pause();
    long began = System.nanoTime();

    assertUnavailable(() -> tier.apply(List.of(value("a", 1, content))));
    tier.close();

    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(RedisFixture.PATIENCE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void anInterruptedThreadOpensAndClosesAndStaysInterrupted(String client) {
    RedisTier tier = new RedisTier();
    Thread.currentThread().interrupt();
    tier.open(config.withClient(client));
    assertThat(Thread.currentThread().isInterrupted()).isTrue();
    tier.close();
    assertThat(Thread.interrupted()).isTrue();
  }

  private RedisTier open(String client, TestTierConfig with) {
    RedisTier tier = new RedisTier();
    tier.open(with.withClient(client));
    opened.add(tier);
    return tier;
  }

  private RedisNode node() {
    return keyspace.nodes().get(0);
  }

  private static void assertCorrupt(ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(CorruptDataException.class);
  }

  private static void assertUnavailable(ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(TierUnavailableException.class);
  }

  private static void assertReplaced(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(TierUnavailableException.class)
        .hasMessageContaining("another database");
  }
}
