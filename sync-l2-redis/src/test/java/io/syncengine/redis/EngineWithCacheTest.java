// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.model.Ack;
import io.syncengine.model.Health;
import io.syncengine.model.ItemStatus;
import io.syncengine.model.ItemStatus.State;
import io.syncengine.model.ReadOption;
import io.syncengine.model.ReadResult;
import io.syncengine.model.Source;
import io.syncengine.model.SyncItem;
import io.syncengine.model.TierException;
import io.syncengine.spi.InMemoryTier;
import io.syncengine.spi.Telemetry;
import io.syncengine.testkit.servers.RedisKeyspace;
import io.syncengine.testkit.servers.RedisServerExtension;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole engines with Redis as the cache before a ground truth, which is in memory. */
class EngineWithCacheTest {
  private static final int MANY = 2_000;
  private static final List<String> IDS = IntStream.range(0, MANY).mapToObj(i -> "m." + i).toList();

  @RegisterExtension final RedisServerExtension server = RedisServerExtension.standalone();
  private final InMemoryTier truth = new InMemoryTier();
  private RedisKeyspace keyspace;

  @BeforeEach
  void setUp() {
    keyspace = server.keyspace();
  }

  @AfterEach
  void goOn() {
    keyspace.resume();
  }

  private SyncEngineConfig.Builder config(String client) {
    String prefix = keyspace.prefix();
    return SyncEngineConfig.builder()
        .l3(truth)
        // So that what is not in memory is asked of the cache.
        .existenceFilter(false)
        .redisUrl(keyspace.url())
        .redisClient(client)
        .namespace(prefix.substring(0, prefix.length() - 1));
  }

  private static void fill(SyncEngine engine) {
    IDS.forEach(id -> engine.submit(SyncItem.of(id, "content of " + id)));
    engine.submit(SyncItem.of("gone", "x"));
    engine.delete("gone", Ack.PERSISTED);
    assertThat(engine.flush(RedisFixture.PATIENCE).complete()).isTrue();
    awaitFed(engine);
  }

  private static void awaitFed(SyncEngine engine) {
    RedisFixture.until("its own rows are followed", () -> engine.stats().pendingItems() == 0);
    RedisFixture.until("the cache lacks nothing", () -> engine.stats().l2Lag() == 0);
    RedisFixture.until("the cache is in use", () -> engine.health().reasons().isEmpty());
  }

  /** Everything is right; how many ids the cache answered. */
  private static long readAll(SyncEngine engine) {
    long before = engine.stats().l2Hits();
    Map<String, SyncItem> found = engine.getAll(IDS);
    IDS.forEach(id -> assertThat(found.get(id).contentAsString()).isEqualTo("content of " + id));
    return engine.stats().l2Hits() - before;
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void whatOneInstanceHasWrittenTheNextReadsFromTheCache(String client) {
    try (SyncEngine one = SyncEngine.open(config(client).build());
        SyncEngine two = SyncEngine.open(config(client).build())) {
      fill(one);
      awaitFed(two);

      assertThat(two.read("m.1").source()).isEqualTo(Source.L2);
      assertThat(two.read("m.1").source()).isEqualTo(Source.L1);
      assertThat(two.read("m.1", ReadOption.SKIP_L1).source()).isEqualTo(Source.L2);
      assertThat(two.read("m.1", ReadOption.SKIP_L1, ReadOption.SKIP_L2).source())
          .isEqualTo(Source.L3);
      ReadResult gone = two.read("gone");
      assertThat(gone.source()).isEqualTo(Source.L2);
      assertThat(gone.item()).isEmpty();
      assertThat(readAll(two)).isEqualTo(MANY - 1);
      assertThat(two.stats().l3Reads()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void anEmptiedCacheIsFilledAgainByWhoReads(String client) {
    try (SyncEngine one = SyncEngine.open(config(client).build())) {
      fill(one);
    }
    keyspace.nodes().get(0).command("FLUSHALL");

    try (SyncEngine two = SyncEngine.open(config(client).build());
        SyncEngine three = SyncEngine.open(config(client).build())) {
      awaitFed(three);
      assertThat(readAll(two)).isZero();
      RedisFixture.until(
          "filled", () -> RedisFixture.keys(keyspace, RedisFixture.ITEMS).size() >= MANY);
      assertThat(readAll(three)).isEqualTo(MANY);
    }
  }

  @Test
  void emptiedWhileItIsInUseItGivesNothingWrong() {
    try (SyncEngine one = SyncEngine.open(config("lettuce").build());
        SyncEngine two = SyncEngine.open(config("jedis").build())) {
      fill(one);
      awaitFed(two);
      for (int i = 0; i < 20; i++) {
        String content = "round " + i;
        one.submit(SyncItem.of("m.7", content), Ack.PERSISTED);
        keyspace.nodes().get(0).command("FLUSHALL");
        assertThat(one.read("m.7", ReadOption.SKIP_L1).item().orElseThrow().contentAsString())
            .isEqualTo(content);
        RedisFixture.until(
            "seen", () -> two.get("m.7").orElseThrow().contentAsString().equals(content));
      }
      awaitFed(one);
      awaitFed(two);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aServerThatHangsHoldsNobodyUp(String client) {
    AtomicLong asked = new AtomicLong();
    Telemetry telemetry =
        (tier, operation, nanos, failure) -> {
          if (tier.equals("L2") && operation.equals("get")) {
            asked.incrementAndGet();
          }
        };
    try (SyncEngine engine = SyncEngine.open(config(client).telemetry(telemetry).build())) {
      fill(engine);
      keyspace.pause();

      // At first it waits for the cache, and then asks who knows.
      ReadResult first = engine.read("m.1", ReadOption.SKIP_L1);
      assertThat(first.source()).isEqualTo(Source.L3);
      assertThat(first.item()).isPresent();
      RedisFixture.until(
          "told", () -> engine.health().reasons().toString().contains("L2 has not been in use"));
      long before = asked.get();
      for (String id : IDS) {
        assertThat(engine.read(id, ReadOption.SKIP_L1).source()).isEqualTo(Source.L3);
      }
      assertThat(asked.get()).as("calls that waited for the cache").isEqualTo(before);

      engine.submit(SyncItem.of("m.1", "while it hangs"), Ack.PERSISTED);
      engine.delete("m.2", Ack.PERSISTED);
      assertThat(engine.flush(RedisFixture.PATIENCE).complete()).isTrue();
      assertThat(engine.health().status()).isEqualTo(Health.Status.DEGRADED);
      assertThat(engine.status("m.1").tiers())
          .filteredOn(tier -> tier.source() == Source.L2)
          .extracting(ItemStatus.TierStatus::state)
          .containsExactly(State.UNKNOWN);

      keyspace.resume();
      awaitFed(engine);
      ReadResult again = engine.read("m.1", ReadOption.SKIP_L1);
      assertThat(again.item().orElseThrow().contentAsString()).isEqualTo("while it hangs");
      assertThat(engine.read("m.2", ReadOption.SKIP_L1).item()).isEmpty();
      assertThat(engine.health().status()).isEqualTo(Health.Status.UP);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aServerThatIsNotThereIsJoinedWhenItIs(String client) {
    keyspace.kill();
    try (SyncEngine engine = SyncEngine.open(config(client).build())) {
      engine.submit(SyncItem.of("a", "1"), Ack.PERSISTED);
      assertThat(engine.get("a")).isPresent();
      assertThat(engine.health().reasons().toString()).contains("L2 has not been in use");

      keyspace.restart();

      awaitFed(engine);
      engine.submit(SyncItem.of("a", "2"), Ack.PERSISTED);
      awaitFed(engine);
      assertThat(engine.get("a").orElseThrow().contentAsString()).isEqualTo("2");
      RedisFixture.until(
          "read from the cache", () -> engine.read("a", ReadOption.SKIP_L1).source() == Source.L2);
    }
  }

  @Test
  void statusTellsEachTier() {
    try (SyncEngine one = SyncEngine.open(config("lettuce").build());
        SyncEngine two = SyncEngine.open(config("lettuce").build())) {
      one.submit(SyncItem.of("a", "1"), Ack.PERSISTED);
      awaitFed(one);
      awaitFed(two);
      assertThat(two.status("a").tiers())
          .extracting(ItemStatus.TierStatus::source, ItemStatus.TierStatus::state)
          .containsExactly(
              tuple(Source.L1, State.NOT_CACHED),
              tuple(Source.L2, State.LIVE),
              tuple(Source.L3, State.LIVE));
      assertThat(two.status("b").tiers())
          .extracting(ItemStatus.TierStatus::source, ItemStatus.TierStatus::state)
          .containsExactly(
              tuple(Source.L1, State.NOT_CACHED),
              tuple(Source.L2, State.NOT_CACHED),
              tuple(Source.L3, State.MISSING));
    }
  }

  @Test
  void whoMayOnlyReadReadsTheCacheAndLeavesItAlone() {
    try (SyncEngine one = SyncEngine.open(config("lettuce").build());
        SyncEngine reader = SyncEngine.open(config("lettuce").readOnly(true).build())) {
      fill(one);
      awaitFed(reader);
      assertThat(readAll(reader)).isEqualTo(MANY);
    }
    keyspace.nodes().get(0).command("FLUSHALL");
    try (SyncEngine reader = SyncEngine.open(config("lettuce").readOnly(true).build())) {
      assertThat(readAll(reader)).isZero();
      assertThat(keyspace.keys()).isEmpty();
    }
  }

  @Test
  void aServerThatRefusesIsAnErrorOfTheStart() {
    String wrong = keyspace.url().replaceFirst(":[^:@]+@", ":wrong-password@");
    assertThatThrownBy(() -> SyncEngine.open(config("lettuce").redisUrl(wrong).build()))
        .isInstanceOfSatisfying(TierException.class, e -> assertThat(e.tier()).isEqualTo("L2"))
        .hasMessageContaining("user or password is wrong")
        .hasMessageNotContaining("wrong-password");
  }

  @Test
  void theNewestAreReadIntoMemoryAtTheStart() {
    try (SyncEngine one = SyncEngine.open(config("lettuce").build())) {
      fill(one);
    }
    try (SyncEngine two = SyncEngine.open(config("lettuce").warmUpItems(100).build())) {
      RedisFixture.until("warm", () -> two.stats().l1Items() == 100);
      assertThat(two.stats().l2Hits()).isEqualTo(100);
    }
    SyncEngineConfig named = config("lettuce").warmUpItems(100).warmUpPrefixes("m.1,m.2,m").build();
    try (SyncEngine two = SyncEngine.open(named)) {
      RedisFixture.until("warm", () -> two.stats().l1Items() == 100);
      assertThat(two.read("m.1").source()).isEqualTo(Source.L1);
      assertThat(two.read("m.2").source()).isEqualTo(Source.L1);
    }
  }
}
