// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.promises;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.EngineState;
import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.model.Ack;
import io.syncengine.model.Health;
import io.syncengine.model.SyncItem;
import io.syncengine.model.TierException;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.InMemoryTier;
import io.syncengine.spi.TierConfig;
import io.syncengine.spi.TierInfo;
import io.syncengine.testkit.AlteredTier;
import io.syncengine.testkit.Entries;
import io.syncengine.testkit.FaultyTier;
import io.syncengine.testkit.TestTierConfig;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What the log is for: a ground truth that is down, comes back, or is another one. */
class OutageTest extends Promise {
  @Test
  void withALogTheEngineStartsWhileTheGroundTruthIsDownAndJoinsItByItself() {
    FaultyTier road = anotherRoad();
    SyncEngine first = open(withoutLog(road).log(log));
    first.submit(SyncItem.of("replayed", "1"));
    crash(first, road);
    truth.failAll();
    SyncEngine engine = open(withLog());
    assertThat(engine.state()).isEqualTo(EngineState.RUNNING);
    assertThat(engine.health().status()).isEqualTo(Health.Status.DEGRADED);
    assertThat(text(engine, "replayed")).isEqualTo("1");
    assertThat(engine.submit(SyncItem.of("new", "2")).reached()).isEqualTo(Ack.LOGGED);
    assertThat(text(engine, "new")).isEqualTo("2");
    assertThatThrownBy(() -> engine.get("unknown")).isInstanceOf(TierUnavailableException.class);
    truth.heal();
    turnUntil("joined", () -> engine.health().status() == Health.Status.UP);
    turnUntil("caught up", () -> engine.stats().pendingItems() == 0);
    assertThat(rowText("replayed")).isEqualTo("1");
    assertThat(rowText("new")).isEqualTo("2");
    assertThat(engine.get("unknown")).isEmpty();
    turnUntil("the log is cut", () -> log.groups() == 0);
  }

  @Test
  void withoutALogAStartWithTheGroundTruthDownFails() {
    truth.failAll();
    SyncEngine engine = SyncEngine.create(withoutLog().build());
    assertThatThrownBy(engine::start).isInstanceOf(TierUnavailableException.class);
    assertThat(engine.state()).isEqualTo(EngineState.FAILED);
    assertThat(engine.close(Duration.ZERO).complete()).isTrue();
    assertThat(engine.state()).isEqualTo(EngineState.CLOSED);
  }

  @Test
  void anOutageOfTheRunningEngineIsWaitedOut() {
    SyncEngine engine = open(withLog());
    truth.failAll();
    for (int i = 0; i < 100; i++) {
      engine.submit(SyncItem.of("k." + i % 10, "v" + i));
      time.advance(Duration.ofMillis(100));
    }
    assertThat(engine.health().status()).isEqualTo(Health.Status.DEGRADED);
    assertThat(engine.health().reasons().toString()).contains("10 writes wait");
    truth.heal();
    turnUntil("caught up", () -> engine.stats().pendingItems() == 0);
    assertThat(rowText("k.9")).isEqualTo("v99");
    assertThat(engine.health().status()).isEqualTo(Health.Status.UP);
  }

  @Test
  void anotherDatabaseThanTheLogsIsRefusedAndTheLogStaysUsable() {
    SyncEngine first = open(withLog());
    first.submit(SyncItem.of("x", "1"), Ack.PERSISTED);
    first.close();
    InMemoryTier other = new InMemoryTier();
    assertThatThrownBy(() -> SyncEngine.open(withoutLog(other).log(log).build()))
        .isInstanceOf(TierException.class)
        .isNotInstanceOf(TierUnavailableException.class)
        .hasMessageContaining("the log belongs to another database");
    assertThat(other.count()).isZero();
    assertThat(text(open(withLog()), "x")).isEqualTo("1");
  }

  @Test
  void anotherDatabaseThatAppearsAfterAnOutageGetsNothing() {
    SyncEngine first = open(withLog());
    first.submit(SyncItem.of("x", "1"), Ack.PERSISTED);
    first.close();
    InMemoryTier other = new InMemoryTier();
    FaultyTier wrong = new FaultyTier(other);
    wrong.failAll();
    SyncEngine engine = open(withoutLog(wrong).log(log));
    engine.submit(SyncItem.of("y", "2"));
    wrong.heal();
    turnUntil(
        "it is refused", () -> engine.health().reasons().toString().contains("another database"));
    for (int i = 0; i < 50; i++) {
      time.advance(Duration.ofMillis(200));
    }
    assertThat(other.count()).isZero();
    assertThat(engine.close(Duration.ZERO).waitingInLog()).isEqualTo(1);
    SyncEngine right = open(withLog());
    assertThat(right.flush().complete()).isTrue();
    assertThat(rowText("y")).isEqualTo("2");
  }

  @Test
  void anotherDatabaseUnderTheRunningEngineGetsNothingAndTheRightOneIsJoinedAgain() {
    // Held open: the engine may close by this tier what it has opened by the other.
    rows.open(TestTierConfig.defaults());
    AlteredTier tier = new AlteredTier(rows);
    SyncEngine engine = open(withoutLog(tier).log(log));
    engine.submit(SyncItem.of("x", "1"), Ack.MEMORY);
    assertThat(flush(engine).complete()).isTrue();
    InMemoryTier other = new InMemoryTier();
    other.open(TestTierConfig.defaults());
    other.apply(Entries.batch(Entries.value("z", 5, "of the other")));
    tier.inside = other;
    assertThat(text(engine, "z")).isEqualTo("of the other"); // nobody can know it yet
    turnUntil(
        "it is refused",
        () -> engine.health().reasons().toString().contains("the log belongs to another database"));
    assertThat(engine.submit(SyncItem.of("y", "2")).reached()).isEqualTo(Ack.LOGGED);
    for (int i = 0; i < 50; i++) {
      time.advance(Duration.ofMillis(200));
    }
    assertThat(other.count()).isEqualTo(1);
    assertThat(engine.state()).isEqualTo(EngineState.RUNNING);
    assertThat(engine.health().status()).isEqualTo(Health.Status.DEGRADED);
    assertThat(text(engine, "y")).isEqualTo("2");
    tier.inside = rows;
    turnUntil("it is stored in the right one", () -> "2".equals(rowText("y")));
    turnUntil("joined", () -> engine.health().status() == Health.Status.UP);
    assertThat(other.count()).isEqualTo(1);
    assertThat(engine.get("z")).isEmpty();
    assertThat(text(engine, "x")).isEqualTo("1");
  }

  @Test
  void withoutALogAnotherDatabaseIsTakenAsItIs() {
    AtomicBoolean opens = new AtomicBoolean(true);
    AlteredTier tier =
        new AlteredTier(rows) {
          @Override
          public TierInfo open(TierConfig config) {
            if (!opens.get()) {
              throw new TierUnavailableException("L3", "open", "not yet", null);
            }
            return super.open(config);
          }
        };
    SyncEngine engine = open(withoutLog(tier));
    engine.submit(SyncItem.of("x", "1"));
    assertThat(flush(engine).complete()).isTrue();
    InMemoryTier other = new InMemoryTier();
    other.open(TestTierConfig.defaults());
    other.apply(Entries.batch(Entries.value("x", 5, "restored")));
    opens.set(false); // Or it may be found and joined before anybody looks.
    tier.inside = other;
    turnUntil("another one is found", () -> engine.health().status() == Health.Status.DEGRADED);
    opens.set(true);
    turnUntil("joined", () -> engine.health().status() == Health.Status.UP);
    assertThat(text(engine, "x")).isEqualTo("restored");
    engine.submit(SyncItem.of("y", "2"));
    turnUntil("it is stored there", () -> other.count() == 2);
  }

  @Test
  void aSecondEngineOnTheLogIsRefusedAndHarmsNothing() {
    SyncEngine first = open(withLog());
    assertThatThrownBy(() -> SyncEngine.open(withoutLog(anotherRoad()).log(log).build()))
        .hasMessageContaining("locked by another engine");
    assertThat(first.submit(SyncItem.of("x", "1")).reached()).isEqualTo(Ack.LOGGED);
  }

  @Test
  void aReadOnlyEngineReadsTheLogBesideARunningOne() {
    SyncEngine writer = open(withLog());
    writer.submit(SyncItem.of("x", "stored"), Ack.PERSISTED);
    writer.submit(SyncItem.of("x", "logged"));
    SyncEngineConfig config = withoutLog(anotherRoad()).log(log).readOnly(true).build();
    SyncEngine reader = SyncEngine.open(config);
    assertThat(text(reader, "x")).isEqualTo("logged");
    assertThat(reader.scan("").map(SyncItem::contentAsString)).containsExactly("logged");
    assertThatThrownBy(() -> reader.submit(SyncItem.of("x", "no")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("read_only");
    assertThatThrownBy(() -> reader.delete("x")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(reader::flush).isInstanceOf(IllegalStateException.class);
    assertThat(text(writer, "x")).isEqualTo("logged");
  }
}
