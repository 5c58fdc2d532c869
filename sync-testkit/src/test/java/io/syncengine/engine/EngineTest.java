// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.EngineState;
import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.model.Ack;
import io.syncengine.model.DrainReport;
import io.syncengine.model.Health;
import io.syncengine.model.Outcome;
import io.syncengine.model.ReadOption;
import io.syncengine.model.Receipt;
import io.syncengine.model.Source;
import io.syncengine.model.SyncItem;
import io.syncengine.spi.InMemoryTier;
import io.syncengine.testkit.InMemoryLog;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a user does first: write, read, delete, scan, close, open again. */
class EngineTest {
  private final InMemoryTier truth = new InMemoryTier();
  private final InMemoryLog log = new InMemoryLog();

  private SyncEngine open() {
    return SyncEngine.open(SyncEngineConfig.builder().l3(truth).log(log).build());
  }

  @Test
  void writesReadsAndDeletes() {
    try (SyncEngine engine = open()) {
      assertThat(engine.state()).isEqualTo(EngineState.RUNNING);
      Receipt receipt = engine.submit(SyncItem.of("a", "1"));
      assertThat(receipt.reached()).isEqualTo(Ack.LOGGED);
      assertThat(receipt.outcome()).isEqualTo(Outcome.APPLIED);
      SyncItem read = engine.get("a").orElseThrow();
      assertThat(read.contentAsString()).isEqualTo("1");
      assertThat(read.version()).isEqualTo(receipt.version());
      Receipt persisted = engine.submit(read.withContent("2"), Ack.PERSISTED);
      assertThat(persisted.reached()).isEqualTo(Ack.PERSISTED);
      assertThat(persisted.outcome()).isEqualTo(Outcome.APPLIED);
      assertThat(engine.submit(engine.get("a").orElseThrow()).outcome())
          .isEqualTo(Outcome.UNCHANGED);
      assertThat(engine.read("a", ReadOption.SKIP_L1).item().orElseThrow().contentAsString())
          .isEqualTo("2");
      engine.delete("a", Ack.PERSISTED);
      assertThat(engine.get("a")).isEmpty();
      assertThat(engine.contains("a")).isFalse();
      assertThat(engine.health().status()).isEqualTo(Health.Status.UP);
    }
  }

  @Test
  void answersFromTheGroundTruthAfterItWasOpenedAgain() {
    try (SyncEngine engine = open()) {
      for (int i = 0; i < 100; i++) {
        engine.submitAsync(SyncItem.of("k." + i, "v" + i), Ack.MEMORY).join();
      }
      DrainReport report = engine.flush();
      assertThat(report.complete()).isTrue();
    }
    try (SyncEngine engine = open()) {
      assertThat(engine.read("k.7").source()).isEqualTo(Source.L3);
      assertThat(engine.read("k.7").source()).isEqualTo(Source.L1);
      assertThat(engine.getAll(List.of("k.1", "no", "k.2")))
          .containsOnlyKeys("k.1", "k.2")
          .hasEntrySatisfying("k.2", i -> assertThat(i.contentAsString()).isEqualTo("v2"));
      engine.submit(SyncItem.of("k", "root"));
      engine.delete("k.5");
      assertThat(engine.scan("k").map(SyncItem::id))
          .hasSize(100)
          .startsWith("k", "k.0", "k.1", "k.10")
          .doesNotContain("k.5");
    }
  }

  @Test
  void twoEnginesOnOneGroundTruthSeeEachOther() throws Exception {
    SyncEngineConfig config =
        SyncEngineConfig.builder().l3(truth).changePoll(Duration.ofMillis(5)).build();
    try (SyncEngine a = SyncEngine.open(config);
        SyncEngine b = SyncEngine.open(config)) {
      a.submit(SyncItem.of("x", "1"), Ack.PERSISTED);
      awaitContent(b, "x", "1");
      a.submit(SyncItem.of("x", "2"), Ack.PERSISTED);
      awaitContent(b, "x", "2");
    }
  }

  private static void awaitContent(SyncEngine engine, String id, String content) {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!engine.get(id).map(SyncItem::contentAsString).orElse("").equals(content)) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not seen in time");
      }
      Thread.onSpinWait();
    }
  }

  @Test
  void computesWhatIsAbsentOnce() {
    try (SyncEngine engine = open()) {
      SyncItem made = engine.getOrCompute("c", id -> SyncItem.of(id, "made"));
      assertThat(made.contentAsString()).isEqualTo("made");
      assertThat(engine.getOrCompute("c", id -> SyncItem.of(id, "other")).contentAsString())
          .isEqualTo("made");
      assertThat(engine.getOrCompute("d", id -> null)).isNull();
      assertThatThrownBy(() -> engine.getOrCompute("d", id -> SyncItem.of("e", "")))
          .isInstanceOf(IllegalArgumentException.class);
      engine.submit(SyncItem.of("c", "real"));
      assertThat(engine.get("c").orElseThrow().contentAsString()).isEqualTo("real");
    }
  }

  @Test
  void takesNoCallBeforeStartAndAfterClose() {
    SyncEngine engine = SyncEngine.create(SyncEngineConfig.builder().build());
    assertThatThrownBy(() -> engine.get("a")).isInstanceOf(IllegalStateException.class);
    engine.start();
    engine.submit(SyncItem.of("a", "1"));
    assertThat(engine.close(Duration.ofSeconds(5)).complete()).isTrue();
    assertThat(engine.close(Duration.ofSeconds(5)).complete()).isTrue();
    assertThatThrownBy(() -> engine.get("a")).isInstanceOf(IllegalStateException.class);
    assertThat(engine.state()).isEqualTo(EngineState.CLOSED);
  }

  @Test
  void callersGiveVersionsInCallerMode() {
    SyncEngineConfig config =
        SyncEngineConfig.fromProperties(Map.of("version_mode", "caller", "sql_url", "memory:"));
    try (SyncEngine engine = SyncEngine.open(config)) {
      SyncItem v5 = SyncItem.builder("a").content("five").version(5).build();
      assertThat(engine.submit(v5, Ack.PERSISTED).outcome()).isEqualTo(Outcome.APPLIED);
      SyncItem v4 = SyncItem.builder("a").content("four").version(4).build();
      assertThat(engine.submit(v4).outcome()).isEqualTo(Outcome.STALE);
      assertThatThrownBy(() -> engine.delete("a")).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> engine.submit(SyncItem.of("a", "x")))
          .isInstanceOf(IllegalArgumentException.class);
      engine.delete("a", 6);
      assertThat(engine.get("a")).isEmpty();
    }
  }
}
