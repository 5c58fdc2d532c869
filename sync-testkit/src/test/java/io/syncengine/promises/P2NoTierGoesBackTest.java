// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.promises;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.model.Ack;
import io.syncengine.model.DrainReport;
import io.syncengine.model.Health;
import io.syncengine.model.Outcome;
import io.syncengine.model.ReadOption;
import io.syncengine.model.Receipt;
import io.syncengine.model.SyncItem;
import io.syncengine.model.TierException;
import io.syncengine.model.VersionMode;
import io.syncengine.spi.FailPoint;
import io.syncengine.testkit.AlteredTier;
import io.syncengine.testkit.CrashPoints;
import io.syncengine.testkit.FaultyTier;
import io.syncengine.testkit.FaultyTier.Operation;
import io.syncengine.testkit.Gate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** P2: no tier goes back. */
class P2NoTierGoesBackTest extends Promise {
  private static SyncItem item(String id, String content, long version) {
    return SyncItem.builder(id).content(content).version(version).build();
  }

  private SyncEngineConfig.Builder caller(FaultyTier road) {
    return withoutLog(road).versionMode(VersionMode.CALLER);
  }

  @Test
  void aLateBatchOfAnotherInstanceReplacesNothingNewer() {
    lateBatch(new CrashPoints());
  }

  @Test
  void failsWithoutTheFence() {
    breaksWithout(FailPoint.TIER_FENCE, this::lateBatch);
  }

  private void lateBatch(CrashPoints points) {
    FaultyTier slow = anotherRoad();
    SyncEngine a = open(caller(slow).log(log).failPoints(points));
    SyncEngine b = open(caller(truth).failPoints(points));
    List<Receipt> superseded = new CopyOnWriteArrayList<>();
    a.onSuperseded(superseded::add);
    slow.failAll(Operation.APPLY);
    assertThat(a.submit(item("x", "five", 5)).outcome()).isEqualTo(Outcome.APPLIED);
    b.submit(item("x", "nine", 9), Ack.PERSISTED);
    slow.heal();
    assertThat(a.flush().complete()).isTrue();
    assertThat(rowText("x")).isEqualTo("nine");
    assertThat(text(a, "x")).isEqualTo("nine");
    await("the listener", () -> superseded.size() == 1);
    assertThat(superseded.get(0).version()).isEqualTo(5);
    assertThat(superseded.get(0).outcome()).isEqualTo(Outcome.SUPERSEDED);
    assertThat(a.stats().superseded()).isEqualTo(1);
  }

  @Test
  void aReaderFillsNoCacheWithWhatIsOldMeanwhile() {
    slowReader(new CrashPoints());
  }

  @Test
  void failsWithoutTheFenceOfFills() {
    breaksWithout(FailPoint.FILL_FENCE, this::slowReader);
  }

  private void slowReader(CrashPoints points) {
    HookedTier hooked = new HookedTier(rows);
    SyncEngine reader = open(withoutLog(hooked).failPoints(points));
    SyncEngine writer = open(withoutLog(truth).failPoints(points));
    writer.submit(SyncItem.of("x", "old"), Ack.PERSISTED);
    hooked.onNextLoad(
        old -> {
          writer.submit(SyncItem.of("x", "new"), Ack.PERSISTED);
          long newest = rows.poll(1, 0).head();
          turnUntil("followed", () -> reader.stats().changePosition() >= newest);
          return old;
        });
    assertThat(text(reader, "x")).isEqualTo("old");
    assertThat(text(reader, "x")).isEqualTo("new");
  }

  @Test
  void aReplayReplacesNothingNewer() {
    FaultyTier road = anotherRoad();
    SyncEngine a = open(caller(road).log(log));
    a.submit(item("x", "five", 5));
    crash(a, road);
    SyncEngine b = open(caller(truth));
    b.submit(item("x", "nine", 9), Ack.PERSISTED);
    SyncEngine again = open(caller(anotherRoad()).log(log));
    assertThat(text(again, "x")).isEqualTo("nine");
    assertThat(again.getAll(List.of("x")).get("x").contentAsString()).isEqualTo("nine");
    assertThat(again.scan("x").map(SyncItem::contentAsString)).containsExactly("nine");
    assertThat(again.flush().complete()).isTrue();
    assertThat(rowText("x")).isEqualTo("nine");
    assertThat(text(again, "x")).isEqualTo("nine");
  }

  @Test
  void aRetryOfACommitWithUnknownOutcomeReplacesNothingNewer() {
    FaultyTier road = anotherRoad();
    SyncEngine a = open(withoutLog(road));
    SyncEngine b = open(withoutLog(truth));
    road.commitThenFail();
    CompletableFuture<Receipt> first = a.submitAsync(SyncItem.of("x", "1"), Ack.PERSISTED);
    await("the failure", () -> a.stats().flushFailures() == 1);
    time.advance(Duration.ofMillis(1));
    b.submit(b.get("x").orElseThrow().withContent("2"), Ack.PERSISTED);
    turnUntil("the retry", first::isDone);
    assertThat(first.join().outcome()).isEqualTo(Outcome.SUPERSEDED);
    assertThat(rowText("x")).isEqualTo("2");
    turnUntil("a sees it", () -> "2".equals(text(a, "x")));
  }

  @Test
  void aRetryOfWhatWasCommittedChangesNothing() {
    SyncEngine engine = open(withLog());
    truth.commitThenFail();
    CompletableFuture<Receipt> write = engine.submitAsync(SyncItem.of("x", "1"), Ack.PERSISTED);
    turnUntil("the retry", write::isDone);
    assertThat(write.join().outcome()).isEqualTo(Outcome.APPLIED);
    assertThat(row("x").revision()).isEqualTo(write.join().revision());
    turnUntil("pending lets go", () -> engine.stats().pendingItems() == 0);
    assertThat(text(engine, "x")).isEqualTo("1");
  }

  @Test
  void aClockSetBackChangesNothing() {
    FaultyTier road = anotherRoad();
    SyncEngine engine = open(withoutLog(road).log(log));
    Receipt before = engine.submit(SyncItem.of("x", "1"));
    time.setWallClock(Instant.ofEpochMilli(time.currentTimeMillis()).minusSeconds(3600));
    Receipt after = engine.submit(SyncItem.of("x", "2"));
    assertThat(after.version()).isGreaterThan(before.version());
    engine.flush();
    crash(engine, road);
    SyncEngine again = open(withLog());
    assertThat(again.submit(SyncItem.of("y", "3")).version())
        .as("the ceiling is kept in the log")
        .isGreaterThan(after.version());
    again.submit(SyncItem.of("x", "3"), Ack.PERSISTED);
    assertThat(rowText("x")).isEqualTo("3");
  }

  private void setClockBack() {
    time.setWallClock(Instant.ofEpochMilli(time.currentTimeMillis()).minusSeconds(3600));
  }

  @Test
  void aClockSetBackOverARestartChangesNothingWithoutALogEither() {
    SyncEngine engine = open(withoutLog());
    engine.submit(SyncItem.of("x", "old"), Ack.PERSISTED);
    engine.delete("y", Ack.PERSISTED);
    engine.close();
    setClockBack();
    SyncEngine again = open(withoutLog());
    again.submit(SyncItem.of("x", "new"), Ack.PERSISTED);
    again.submit(SyncItem.of("y", "new"), Ack.PERSISTED);
    assertThat(rowText("x")).isEqualTo("new");
    assertThat(rowText("y")).isEqualTo("new");
  }

  @Test
  void aWriteThatWasStoredBeforeItWasLoggedDoesNotStandAboveThoseAfterTheNextStart() {
    FaultyTier road = anotherRoad();
    CrashPoints points = new CrashPoints();
    try (Gate gate = points.blockAt(FailPoint.LOG_APPEND)) {
      SyncEngine engine = open(withoutLog(road).log(log).failPoints(points));
      engine.submit(SyncItem.of("x", "old"), Ack.MEMORY);
      gate.awaitReached();
      turnUntil("it is stored", () -> "old".equals(rowText("x")));
      crash(engine, road);
      setClockBack();
      truth.failAll();
      SyncEngine again = open(withLog());
      again.submit(SyncItem.of("x", "new"), Ack.LOGGED);
      truth.heal();
      CompletableFuture<DrainReport> flush =
          CompletableFuture.supplyAsync(() -> again.flush(PATIENCE));
      turnUntil("the ground truth is joined", flush::isDone);
      assertThat(flush.join().complete()).isTrue();
      assertThat(rowText("x")).isEqualTo("new");
    }
  }

  @Test
  void theClockPassesWhatIsReadAndFollowed() {
    SyncEngine ahead = open(withoutLog(anotherRoad()));
    time.setWallClock(Instant.ofEpochMilli(time.currentTimeMillis()).plusSeconds(3600));
    ahead.submit(SyncItem.of("x", "ahead"), Ack.PERSISTED);
    time.setWallClock(Instant.ofEpochMilli(time.currentTimeMillis()).minusSeconds(3600));
    SyncEngine behind = open(withoutLog(truth));
    assertThat(text(behind, "x")).isEqualTo("ahead");
    assertThat(behind.submit(SyncItem.of("x", "behind"), Ack.PERSISTED).outcome())
        .isEqualTo(Outcome.APPLIED);
    assertThat(rowText("x")).isEqualTo("behind");
    assertThat(behind.health().status()).isEqualTo(Health.Status.DEGRADED);
    assertThat(behind.health().reasons().toString()).contains("ahead of this machine's clock");
  }

  @Test
  void aClockApartFromTheGroundTruthsIsReportedAndPurgesNothing() {
    AtomicLong apart = new AtomicLong();
    AlteredTier tier =
        new AlteredTier(rows) {
          @Override
          public OptionalLong serverTimeMillis() {
            return OptionalLong.of(time.currentTimeMillis() - apart.get());
          }
        };
    SyncEngine engine =
        open(
            withoutLog(tier)
                .tombstoneRetention(Duration.ofHours(1))
                .stalenessBound(Duration.ofDays(1)));
    engine.delete("gone");
    // Or it is the oldest accepted write that waits, once the clock has been turned by a minute.
    assertThat(flush(engine).complete()).isTrue();

    apart.set(Duration.ofHours(3).toMillis());
    time.advance(Duration.ofMinutes(1));
    turnUntil("it is told", () -> engine.health().status() == Health.Status.DEGRADED);
    assertThat(engine.health().reasons())
        .containsExactly(
            "this machine's clock is 10800000 ms ahead of that of L3; old tombstones are not"
                + " purged");
    time.advance(Duration.ofHours(2));
    turnSome();
    assertThat(row("gone")).isNotNull();

    apart.set(-6_000);
    time.advance(Duration.ofMinutes(1));
    turnUntil(
        "the other way", () -> engine.health().reasons().toString().contains("6000 ms behind"));
    apart.set(5_000);
    time.advance(Duration.ofMinutes(1));
    turnUntil("within the tolerance", () -> engine.health().status() == Health.Status.UP);
    turnUntil("the tombstone is purged", () -> row("gone") == null);
  }

  private void turnSome() {
    for (int i = 0; i < 50; i++) {
      time.advance(Duration.ofMillis(100));
    }
  }

  @Test
  void anItemAsReadMayBeSubmittedAgain() {
    SyncEngine engine = open(withLog());
    engine.submit(SyncItem.of("x", "1"), Ack.PERSISTED);
    SyncItem read = engine.get("x").orElseThrow();
    for (Ack ack : Ack.values()) {
      Receipt receipt = engine.submit(read, ack);
      assertThat(receipt.outcome()).isEqualTo(Outcome.UNCHANGED);
      assertThat(receipt.version()).isEqualTo(read.version());
    }
    SyncEngine fresh = open(withoutLog(anotherRoad()));
    assertThat(fresh.submit(read, Ack.PERSISTED).outcome())
        .as("by an engine that does not know it yet")
        .isEqualTo(Outcome.UNCHANGED);
  }

  @Test
  void aKnownHigherRevisionMakesAWriteStale() {
    SyncEngine engine = open(withLog());
    engine.submit(SyncItem.of("x", "1"));
    SyncItem old = engine.get("x").orElseThrow();
    engine.submit(SyncItem.of("x", "2"), Ack.PERSISTED);
    Receipt receipt = engine.submit(old, Ack.PERSISTED);
    assertThat(receipt.outcome()).isEqualTo(Outcome.STALE);
    assertThat(rowText("x")).isEqualTo("2");
  }

  @Test
  void aTombstoneIsAboveAValueOfItsVersionAndTheHashDecidesBetweenValues() {
    SyncEngine a = open(caller(anotherRoad()));
    SyncEngine b = open(caller(truth));
    SyncItem one = item("x", "one", 7);
    SyncItem two = item("x", "two", 7);
    SyncItem higher = one.revision().isAbove(two.revision()) ? one : two;
    a.submit(one, Ack.PERSISTED);
    b.submit(two, Ack.PERSISTED);
    assertThat(row("x").revision()).isEqualTo(higher.revision());
    turnUntil(
        "both agree",
        () ->
            a.get("x").equals(b.get("x"))
                && a.get("x").orElseThrow().revision().equals(higher.revision()));
    a.delete("x", 7, Ack.PERSISTED);
    assertThat(row("x").tombstone()).isTrue();
    b.submit(one, Ack.PERSISTED);
    assertThat(row("x").tombstone()).isTrue();
  }

  @Test
  void theModeOfVersionsStandsInTheGroundTruth() {
    open(caller(truth));
    assertThatThrownBy(() -> SyncEngine.open(withoutLog(anotherRoad()).build()))
        .isInstanceOf(TierException.class)
        .hasMessageContaining("version mode");
  }

  @Test
  void inEngineModeNobodyMakesVersionsUp() {
    SyncEngine engine = open(withLog());
    assertThatThrownBy(() -> engine.submit(item("x", "1", Long.MAX_VALUE)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("future");
    assertThatThrownBy(() -> engine.delete("x", 5)).isInstanceOf(IllegalStateException.class);
    assertThat(engine.get("x")).isEmpty();
  }

  @Test
  void whatWasComputedGivesWayToARealWrite() {
    SyncEngine a = open(withoutLog(anotherRoad()));
    SyncEngine b = open(withoutLog(truth));
    SyncItem winner =
        a.getOrCompute(
            "x",
            id -> {
              b.submit(SyncItem.of(id, "real"), Ack.PERSISTED);
              return SyncItem.of(id, "computed");
            });
    assertThat(winner.id()).isEqualTo("x");
    a.flush();
    assertThat(rowText("x")).isEqualTo("real");
    assertThat(a.read("x", ReadOption.SKIP_L1).item().orElseThrow().contentAsString())
        .isEqualTo("real");
    assertThat(text(a, "x")).isEqualTo("real");
  }
}
