// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.promises;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.model.Ack;
import io.syncengine.model.AckTimeoutException;
import io.syncengine.model.DurabilityException;
import io.syncengine.model.Health;
import io.syncengine.model.Outcome;
import io.syncengine.model.Receipt;
import io.syncengine.model.SyncEngineException;
import io.syncengine.model.SyncItem;
import io.syncengine.spi.FailPoint;
import io.syncengine.testkit.CrashPoints;
import io.syncengine.testkit.FaultyTier;
import io.syncengine.testkit.FaultyTier.Operation;
import io.syncengine.testkit.Gate;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** P1: an ack means what it says. */
class P1AckMeansWhatItSaysTest extends Promise {
  @Test
  void whatWasAckedAtLoggedIsThereAfterACrash() {
    loggedSurvivesACrash(new CrashPoints());
  }

  @Test
  void failsWithoutTheAppend() {
    breaksWithout(FailPoint.LOG_APPEND, this::loggedSurvivesACrash);
  }

  @Test
  void failsWithoutTheReplay() {
    breaksWithout(FailPoint.REPLAY, this::loggedSurvivesACrash);
  }

  private void loggedSurvivesACrash(CrashPoints points) {
    FaultyTier first = anotherRoad();
    SyncEngine engine = open(withoutLog(first).log(log).failPoints(points));
    engine.submit(SyncItem.of("gone", "0"), Ack.PERSISTED);
    for (int i = 0; i < 50; i++) {
      Receipt receipt = engine.submit(SyncItem.of("k." + i, "v" + i));
      assertThat(receipt.reached()).isEqualTo(Ack.LOGGED);
    }
    engine.delete("gone");
    crash(engine, first);
    SyncEngine again = open(withLog().failPoints(points));
    for (int i = 0; i < 50; i++) {
      assertThat(text(again, "k." + i)).isEqualTo("v" + i);
    }
    assertThat(again.get("gone")).isEmpty();
    assertThat(again.flush().complete()).isTrue();
    assertThat(rowText("k.49")).isEqualTo("v49");
    assertThat(row("gone").tombstone()).isTrue();
  }

  @Test
  void whatWasAckedAtPersistedIsInTheGroundTruth() {
    SyncEngine engine = open(withLog());
    Receipt put = engine.submit(SyncItem.of("a", "1"), Ack.PERSISTED);
    assertThat(put.reached()).isEqualTo(Ack.PERSISTED);
    assertThat(row("a").revision()).isEqualTo(put.revision());
    Receipt deleted = engine.delete("a", Ack.PERSISTED);
    assertThat(row("a").revision()).isEqualTo(deleted.revision());
  }

  @Test
  void memoryMeansThatThisProcessHasIt() {
    SyncEngine engine = open(withLog());
    Receipt receipt = engine.submit(SyncItem.of("a", "1"), Ack.MEMORY);
    assertThat(receipt.reached()).isEqualTo(Ack.MEMORY);
    assertThat(text(engine, "a")).isEqualTo("1");
    assertThat(row("a")).isNull();
  }

  @Test
  void aWriteAtMemoryFollowsIntoTheLog() {
    FaultyTier road = anotherRoad();
    SyncEngine engine = open(withoutLog(road).log(log));
    engine.submit(SyncItem.of("a", "1"), Ack.MEMORY);
    await("the append", () -> engine.stats().logEntries() == 1);
    crash(engine, road);
    assertThat(text(open(withLog()), "a")).isEqualTo("1");
  }

  @Test
  void aFailedAppendOfAWriteAtMemoryIsToldAndStillFlushed() {
    SyncEngine engine = open(withLog());
    log.failAppends(1);
    engine.submit(SyncItem.of("a", "1"), Ack.MEMORY);
    await("trouble", () -> engine.health().status() == Health.Status.DEGRADED);
    assertThat(engine.health().reasons().toString()).contains("MEMORY did not get into the log");
    assertThat(engine.flush().complete()).isTrue();
    assertThat(rowText("a")).isEqualTo("1");
  }

  @Test
  void theDefaultIsLoggedWithALogElseMemory() {
    assertThat(open(withLog()).submit(SyncItem.of("a", "1")).reached()).isEqualTo(Ack.LOGGED);
    assertThat(open(withoutLog(anotherRoad())).submit(SyncItem.of("a", "1")).reached())
        .isEqualTo(Ack.MEMORY);
  }

  @Test
  void noReaderSeesAWriteBeforeItIsInTheLog() {
    for (Ack ack : new Ack[] {Ack.LOGGED, Ack.PERSISTED}) {
      CrashPoints points = new CrashPoints();
      SyncEngine engine = open(withLog().failPoints(points));
      String id = "a." + ack;
      CompletableFuture<Receipt> write;
      try (Gate gate = points.blockAt(FailPoint.LOG_COMMIT)) {
        write = engine.submitAsync(SyncItem.of(id, "1"), ack);
        gate.awaitReached(write);
        assertThat(engine.get(id)).isEmpty();
        assertThat(engine.scan(id)).isEmpty();
        assertThat(write).isNotDone();
      }
      assertThat(write.join().reached()).isEqualTo(ack);
      assertThat(text(engine, id)).isEqualTo("1");
      engine.close();
    }
  }

  @Test
  void aFailedAppendIsNotSeenNowAndMayBeThereAfterARestart() {
    FaultyTier road = anotherRoad();
    SyncEngine engine = open(withoutLog(road).log(log));
    log.failAppends(1, true);
    assertThatThrownBy(() -> engine.submit(SyncItem.of("a", "1")))
        .isInstanceOf(DurabilityException.class);
    assertThat(engine.get("a")).isEmpty();
    assertThat(engine.submit(SyncItem.of("b", "2")).reached())
        .as("the log is opened again by itself")
        .isEqualTo(Ack.LOGGED);
    assertThat(engine.get("a")).isEmpty();
    crash(engine, road);
    SyncEngine again = open(withLog());
    assertThat(text(again, "a")).isEqualTo("1");
    assertThat(text(again, "b")).isEqualTo("2");
  }

  @Test
  void aLogThatCannotBeOpenedAgainIsToldAndTriedAgain() {
    SyncEngine engine = open(withLog());
    log.failAppends(1);
    log.failReopens(2);
    assertThatThrownBy(() -> engine.submit(SyncItem.of("a", "1")))
        .isInstanceOf(DurabilityException.class);
    assertThatThrownBy(() -> engine.submit(SyncItem.of("a", "2")))
        .isInstanceOf(DurabilityException.class)
        .hasMessageContaining("try again");
    assertThat(engine.health().status()).isEqualTo(Health.Status.DEGRADED);
    turnUntil("the log is back", () -> engine.health().status() == Health.Status.UP);
    assertThat(engine.submit(SyncItem.of("a", "3")).reached()).isEqualTo(Ack.LOGGED);
    assertThat(text(engine, "a")).isEqualTo("3");
  }

  @Test
  void aLogThatHangsEndsTheWaitAndTheWriteIsNotShownLater() {
    CrashPoints points = new CrashPoints();
    SyncEngine engine = open(withLog().failPoints(points));
    CompletableFuture<Receipt> write;
    try (Gate gate = points.blockAt(FailPoint.LOG_COMMIT)) {
      write = engine.submitAsync(SyncItem.of("a", "1"), Ack.LOGGED);
      gate.awaitReached(write);
      time.advance(Duration.ofSeconds(5));
      assertThat(failure(write)).isInstanceOf(DurabilityException.class);
    }
    engine.submit(SyncItem.of("b", "2"));
    assertThat(engine.get("a")).isEmpty();
    assertThat(engine.flush().complete()).isTrue();
    assertThat(row("a")).isNull();
  }

  @Test
  void persistedWaitsAckTimeoutAndThenTellsWhereTheWriteStands() {
    SyncEngine engine = open(withLog());
    truth.failAll(Operation.APPLY);
    CompletableFuture<Receipt> write = engine.submitAsync(SyncItem.of("a", "1"), Ack.PERSISTED);
    await("the first try", () -> engine.stats().flushFailures() > 0);
    time.advance(Duration.ofMillis(4_999));
    assertThat(write).isNotDone();
    time.advance(Duration.ofMillis(1));
    AckTimeoutException timeout = (AckTimeoutException) failure(write);
    assertThat(timeout.receipt().reached()).isEqualTo(Ack.LOGGED);
    assertThat(text(engine, "a")).as("the write stands").isEqualTo("1");
    truth.heal();
    turnUntil("it goes on", () -> "1".equals(rowText("a")));
    assertThat(row("a").revision()).isEqualTo(timeout.receipt().revision());
  }

  @Test
  void withoutALogTheReceiptOfATimeoutSaysMemory() {
    SyncEngine engine = open(withoutLog().ackTimeout(Duration.ofMillis(200)));
    truth.failAll(Operation.APPLY);
    CompletableFuture<Receipt> write = engine.submitAsync(SyncItem.of("a", "1"), Ack.PERSISTED);
    time.advance(Duration.ofMillis(200));
    AckTimeoutException timeout = (AckTimeoutException) failure(write);
    assertThat(timeout.receipt().reached()).isEqualTo(Ack.MEMORY);
  }

  @Test
  void aLevelThatCannotBeReachedIsRefused() {
    SyncEngine engine = open(withoutLog());
    assertThatThrownBy(() -> engine.submit(SyncItem.of("a", "1"), Ack.LOGGED))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("set wal_path");
    assertThatThrownBy(() -> engine.delete("a", Ack.LOGGED))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(engine.get("a")).isEmpty();
    assertThatThrownBy(() -> SyncEngineConfig.builder().log(log).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no tier under the log");
  }

  @Test
  void withMemoryAsGroundTruthPersistedIsReachedThere() {
    SyncEngine engine =
        open(SyncEngineConfig.builder().timeSource(time).scheduler(time).l1MaxBytes(1 << 20));
    assertThat(engine.submit(SyncItem.of("a", "1"), Ack.PERSISTED).reached())
        .isEqualTo(Ack.PERSISTED);
    assertThat(engine.health().groundTruth()).contains("memory");
  }

  @Test
  void anInterruptedWaitKeepsTheFlagAndTheWriteStands() throws Exception {
    SyncEngine engine = open(withLog());
    truth.failAll(Operation.APPLY);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    AtomicBoolean flag = new AtomicBoolean();
    Thread caller =
        new Thread(
            () -> {
              try {
                engine.submit(SyncItem.of("a", "1"), Ack.PERSISTED);
              } catch (RuntimeException e) {
                thrown.set(e);
                flag.set(Thread.currentThread().isInterrupted());
              }
            });
    caller.start();
    await("the try", () -> engine.stats().flushFailures() > 0);
    caller.interrupt();
    caller.join(PATIENCE.toMillis());
    assertThat(thrown.get()).isInstanceOf(SyncEngineException.class);
    assertThat(flag).isTrue();
    truth.heal();
    turnUntil("it stands", () -> "1".equals(rowText("a")));
  }

  @Test
  void cancellingAReturnedFutureChangesNothing() {
    SyncEngine engine = open(withLog());
    truth.failAll(Operation.APPLY);
    CompletableFuture<Receipt> write = engine.submitAsync(SyncItem.of("a", "1"), Ack.PERSISTED);
    write.cancel(true);
    truth.heal();
    turnUntil("it goes on", () -> "1".equals(rowText("a")));
  }

  @Test
  void anOvertakenWriteSaysSuperseded() {
    SyncEngine engine = open(withLog());
    truth.failAll(Operation.APPLY);
    CompletableFuture<Receipt> first = engine.submitAsync(SyncItem.of("a", "1"), Ack.PERSISTED);
    await("the try", () -> engine.stats().flushFailures() > 0);
    CompletableFuture<Receipt> second = engine.submitAsync(SyncItem.of("a", "2"), Ack.PERSISTED);
    await("both are logged", () -> engine.stats().logEntries() == 2);
    await("both are seen", () -> "2".equals(text(engine, "a")));
    truth.heal();
    turnUntil("both are through", () -> first.isDone() && second.isDone());
    assertThat(first.join().outcome()).isEqualTo(Outcome.SUPERSEDED);
    assertThat(second.join().outcome()).isEqualTo(Outcome.APPLIED);
  }
}
