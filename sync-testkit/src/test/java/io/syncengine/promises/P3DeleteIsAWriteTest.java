// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.promises;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.model.Ack;
import io.syncengine.model.DeadLetter;
import io.syncengine.model.ItemStatus;
import io.syncengine.model.Outcome;
import io.syncengine.model.Receipt;
import io.syncengine.model.SyncItem;
import io.syncengine.model.VersionMode;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.ItemOutcome;
import io.syncengine.testkit.CrashPoints;
import io.syncengine.testkit.FaultyTier;
import io.syncengine.testkit.FaultyTier.Operation;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** P3: a delete is a write. */
class P3DeleteIsAWriteTest extends Promise {
  @Test
  void anOlderPutThatComesLateUndoesNoDelete() {
    latePut(new CrashPoints());
  }

  @Test
  void failsWithoutTheFence() {
    breaksWithout(FailPoint.TIER_FENCE, this::latePut);
  }

  private void latePut(CrashPoints points) {
    FaultyTier slow = anotherRoad();
    SyncEngine a = open(withoutLog(slow).log(log).failPoints(points));
    SyncEngine b = open(withoutLog(truth).failPoints(points));
    slow.failAll(Operation.APPLY);
    a.submit(SyncItem.of("x", "old"));
    time.advance(Duration.ofMillis(10));
    b.delete("x", Ack.PERSISTED);
    slow.heal();
    assertThat(a.flush().complete()).isTrue();
    assertThat(row("x").tombstone()).isTrue();
    assertThat(a.get("x")).isEmpty();
    assertThat(b.get("x")).isEmpty();
  }

  @Test
  void aDeleteSurvivesAnOutageAndACrashInTheLog() {
    outage(new CrashPoints());
  }

  @Test
  void failsWithoutTheReplay() {
    breaksWithout(FailPoint.REPLAY, this::outage);
  }

  private void outage(CrashPoints points) {
    FaultyTier road = anotherRoad();
    SyncEngine engine = open(withoutLog(road).log(log).failPoints(points));
    engine.submit(SyncItem.of("x", "1"), Ack.PERSISTED);
    road.failAll();
    engine.delete("x");
    assertThat(engine.get("x")).isEmpty();
    crash(engine, road);
    SyncEngine again = open(withLog().failPoints(points));
    assertThat(again.get("x")).isEmpty();
    assertThat(again.getAll(List.of("x"))).isEmpty();
    assertThat(again.scan("")).isEmpty();
    assertThat(again.flush().complete()).isTrue();
    assertThat(row("x").tombstone()).isTrue();
  }

  @Test
  void itHasARevisionAndTheSameAckLevels() {
    SyncEngine engine = open(withLog());
    Receipt put = engine.submit(SyncItem.of("x", "1"));
    for (Ack ack : Ack.values()) {
      Receipt deleted = engine.delete("x", ack);
      assertThat(deleted.reached()).isEqualTo(ack);
      assertThat(deleted.outcome()).isEqualTo(Outcome.APPLIED);
      assertThat(deleted.revision().tombstone()).isTrue();
      assertThat(deleted.version()).isGreaterThan(put.version());
      assertThat(engine.get("x")).isEmpty();
    }
  }

  @Test
  void anAbsentIdCanBeDeletedToo() {
    SyncEngine engine = open(withLog());
    Receipt receipt = engine.delete("never", Ack.PERSISTED);
    assertThat(row("never").revision()).isEqualTo(receipt.revision());
    ItemStatus status = engine.status("never");
    assertThat(status.tiers().get(status.tiers().size() - 1).state())
        .isEqualTo(ItemStatus.State.DELETED);
  }

  @Test
  void aPutAfterTheDeleteWins() {
    SyncEngine engine = open(withLog());
    engine.delete("x");
    engine.submit(SyncItem.of("x", "again"), Ack.PERSISTED);
    assertThat(rowText("x")).isEqualTo("again");
    assertThat(text(engine, "x")).isEqualTo("again");
  }

  @Test
  void aReplayedPutBelowATombstoneIsNotSeen() {
    FaultyTier road = anotherRoad();
    SyncEngineConfig.Builder mine = withoutLog(road).log(log).versionMode(VersionMode.CALLER);
    SyncEngine engine = open(mine);
    engine.submit(SyncItem.builder("x").content("five").version(5).build());
    crash(engine, road);
    SyncEngine other = open(withoutLog().versionMode(VersionMode.CALLER));
    other.delete("x", 9, Ack.PERSISTED);
    FaultyTier second = anotherRoad();
    SyncEngine again = open(withoutLog(second).log(log).versionMode(VersionMode.CALLER));
    assertThat(again.get("x")).isEmpty();
    assertThat(again.getAll(List.of("x"))).isEmpty();
    assertThat(again.scan("")).isEmpty();
    assertThat(again.contains("x")).isFalse();
  }

  @Test
  void afterThePurgeAWriteFromBeforeItCreatesNoRow() {
    FaultyTier slow = anotherRoad();
    SyncEngine a = open(withoutLog(slow).log(log));
    SyncEngine b = open(withoutLog());
    b.submit(SyncItem.of("kept", "1"), Ack.PERSISTED);
    slow.failAll(Operation.APPLY, Operation.PURGE);
    a.submit(SyncItem.of("x", "late"));
    a.submit(SyncItem.of("kept", "2"));
    time.advance(Duration.ofMillis(10));
    b.delete("x", Ack.PERSISTED);
    time.advance(Duration.ofDays(7).plusHours(2));
    turnUntil("the purge", () -> row("x") == null);
    slow.heal();
    assertThat(flush(a).complete()).isTrue();
    assertThat(row("x")).as("no row is created").isNull();
    assertThat(rowText("kept")).as("a row may be replaced").isEqualTo("2");
    List<DeadLetter> letters = a.deadLetters().list(10);
    assertThat(letters).hasSize(1);
    assertThat(letters.get(0).id()).isEqualTo("x");
    assertThat(letters.get(0).reason()).isEqualTo(ItemOutcome.EXPIRED);
    assertThat(a.get("x")).isEmpty();
  }
}
