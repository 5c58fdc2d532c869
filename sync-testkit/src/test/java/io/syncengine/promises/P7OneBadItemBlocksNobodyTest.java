// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.promises;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.SyncEngine;
import io.syncengine.model.Ack;
import io.syncengine.model.DeadLetter;
import io.syncengine.model.DrainReport;
import io.syncengine.model.ItemStatus;
import io.syncengine.model.Receipt;
import io.syncengine.model.SyncItem;
import io.syncengine.model.TierException;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.ItemOutcome;
import io.syncengine.testkit.CrashPoints;
import io.syncengine.testkit.FaultyTier;
import io.syncengine.testkit.FaultyTier.Refusal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** P7: one bad item blocks nobody. */
class P7OneBadItemBlocksNobodyTest extends Promise {
  @Test
  void theOthersOfItsBatchAreWritten() {
    others(new CrashPoints(), PATIENCE);
  }

  @Test
  void failsWithoutSplitting() {
    breaksWithout(FailPoint.SPLIT, points -> others(points, Duration.ofSeconds(2)));
  }

  private void others(CrashPoints points, Duration bound) {
    FaultyTier road = anotherRoad();
    SyncEngine engine = open(withoutLog(road).log(log).failPoints(points));
    List<DeadLetter> told = new CopyOnWriteArrayList<>();
    engine.onDeadLetter(told::add);
    road.refuseIds(id -> id.equals("k.13") || id.equals("k.14"), Refusal.BATCH);
    for (int i = 0; i < 50; i++) {
      engine.submit(SyncItem.of("k." + i, "v" + i));
    }
    DrainReport report = engine.flush(bound);
    assertThat(report.complete()).isTrue();
    assertThat(report.persisted()).isEqualTo(48);
    assertThat(report.deadLettered()).isEqualTo(2);
    for (int i = 0; i < 50; i++) {
      assertThat(rowText("k." + i)).isEqualTo(i == 13 || i == 14 ? null : "v" + i);
    }
    assertThat(engine.deadLetters().list(10)).extracting(DeadLetter::id).contains("k.13", "k.14");
    await("both are told", () -> told.size() == 2);
    turnUntil("pending lets go", () -> engine.stats().pendingItems() == 0);
  }

  @Test
  void anItemThatIsRefusedByItselfBlocksNobodyEither() {
    SyncEngine engine = open(withLog());
    truth.refuseIds("bad"::equals, Refusal.ENTRY);
    engine.submit(SyncItem.of("bad", "1"));
    engine.submit(SyncItem.of("good", "2"));
    assertThat(engine.flush().complete()).isTrue();
    assertThat(rowText("good")).isEqualTo("2");
    DeadLetter letter = engine.deadLetters().list(10).get(0);
    assertThat(letter.reason()).isEqualTo(ItemOutcome.REFUSED);
    assertThat(letter.detail()).contains("refused by the test");
    assertThat(letter.item().orElseThrow().contentAsString()).isEqualTo("1");
  }

  @Test
  void theWriteCountsAsNotMade() {
    SyncEngine engine = open(withLog());
    engine.submit(SyncItem.of("x", "stored"), Ack.PERSISTED);
    truth.refuseIds("x"::equals, Refusal.ENTRY);
    engine.submit(SyncItem.of("x", "refused"));
    assertThat(text(engine, "x")).isEqualTo("refused");
    assertThat(engine.flush().complete()).isTrue();
    assertThat(text(engine, "x")).as("what the ground truth holds").isEqualTo("stored");
    engine.delete("x");
    assertThat(engine.flush().complete()).isTrue();
    assertThat(text(engine, "x")).isEqualTo("stored");
    ItemStatus status = engine.status("x");
    assertThat(status.deadLetter().orElseThrow().reason()).isEqualTo(ItemOutcome.REFUSED);
    assertThat(status.deadLetter().orElseThrow().item()).as("the delete").isEmpty();
    assertThat(engine.deadLetters().count()).isEqualTo(2);
  }

  @Test
  void whoWaitsForPersistedGetsTheRefusal() {
    SyncEngine engine = open(withLog());
    truth.refuseIds("bad"::equals, Refusal.BATCH);
    CompletableFuture<Receipt> good = engine.submitAsync(SyncItem.of("good", "1"), Ack.PERSISTED);
    assertThatThrownBy(() -> engine.submit(SyncItem.of("bad", "1"), Ack.PERSISTED))
        .isInstanceOfSatisfying(
            TierException.class,
            e -> {
              assertThat(e).isNotInstanceOf(TierUnavailableException.class);
              assertThat(e.retryable()).isFalse();
              assertThat(e.getMessage()).contains("dead letters");
            });
    assertThat(good.join().reached()).isEqualTo(Ack.PERSISTED);
    assertThat(engine.get("bad")).isEmpty();
  }

  @Test
  void aDeadLetterCanBeSentAgain() {
    SyncEngine engine = open(withLog());
    truth.refuseIds("x"::equals, Refusal.ENTRY);
    engine.submit(SyncItem.of("x", "1"));
    engine.flush();
    long number = engine.deadLetters().list(1).get(0).number();
    truth.heal();
    Receipt receipt = engine.deadLetters().resend(number).join();
    assertThat(receipt.reached()).isEqualTo(Ack.LOGGED);
    assertThat(engine.deadLetters().count()).isZero();
    assertThat(engine.flush().complete()).isTrue();
    assertThat(rowText("x")).isEqualTo("1");
    assertThat(engine.status("x").deadLetter()).isEmpty();
    assertThatThrownBy(() -> engine.deadLetters().resend(number))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aDeadLetterCanBeDropped() {
    SyncEngine engine = open(withLog());
    truth.refuseIds("x"::equals, Refusal.ENTRY);
    engine.submit(SyncItem.of("x", "1"));
    engine.flush();
    long number = engine.deadLetters().list(1).get(0).number();
    assertThat(engine.deadLetters().drop(number)).isTrue();
    assertThat(engine.deadLetters().drop(number)).isFalse();
    assertThat(engine.deadLetters().list(10)).isEmpty();
  }

  @Test
  void deadLettersSurviveInTheLogsFileAndAreNotSentAgainByItself() {
    FaultyTier road = anotherRoad();
    SyncEngine engine = open(withoutLog(road).log(log));
    road.refuseIds("x"::equals, Refusal.ENTRY);
    engine.submit(SyncItem.of("x", "1"));
    engine.flush();
    crash(engine, road);
    truth.refuseIds("x"::equals, Refusal.ENTRY);
    SyncEngine again = open(withLog());
    assertThat(again.flush().complete()).isTrue();
    assertThat(again.deadLetters().count()).isEqualTo(1);
    assertThat(again.get("x")).isEmpty();
  }

  @Test
  void withoutALogTheyAreInMemoryCountAsPressureAndAreListedByClose() {
    SyncEngine engine = open(withoutLog().l1MaxBytes(1 << 17));
    truth.refuseIds("x"::equals, Refusal.ENTRY);
    engine.submit(SyncItem.of("x", "b".repeat(40_000)));
    assertThat(engine.flush().complete()).isTrue();
    assertThat(engine.pressure().causes().get("memory")).isBetween(0.3, 0.4);
    DrainReport report = engine.close(Duration.ofSeconds(5));
    assertThat(report.deadLetters()).extracting(DeadLetter::id).containsExactly("x");
    assertThat(report.complete()).isTrue();
  }

  @Test
  void whatIsKnownToBeImpossibleIsRefusedAtSubmit() {
    SyncEngine engine = open(withLog().maxContentBytes(10));
    assertThatThrownBy(() -> engine.submit(SyncItem.of("x", "12345678901")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("max_content_bytes is 10");
    assertThatThrownBy(() -> engine.getOrCompute("x", id -> SyncItem.of(id, "12345678901")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("max_content_bytes is 10");
    assertThat(engine.get("x")).isEmpty();
    assertThat(engine.stats().logEntries()).isZero();
  }

  @Test
  void aFailureForNowIsNoDeadLetter() {
    SyncEngine engine = open(withLog());
    truth.failNext(3, FaultyTier.Operation.APPLY);
    CompletableFuture<Receipt> write = engine.submitAsync(SyncItem.of("x", "1"), Ack.PERSISTED);
    turnUntil("it is through", write::isDone);
    assertThat(write.join().reached()).isEqualTo(Ack.PERSISTED);
    assertThat(engine.deadLetters().count()).isZero();
    assertThat(engine.stats().flushFailures()).isEqualTo(3);
  }
}
