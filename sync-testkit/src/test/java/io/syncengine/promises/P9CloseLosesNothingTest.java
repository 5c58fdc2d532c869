// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.promises;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.EngineState;
import io.syncengine.SyncEngine;
import io.syncengine.model.Ack;
import io.syncengine.model.AckTimeoutException;
import io.syncengine.model.DrainReport;
import io.syncengine.model.PressureLevel;
import io.syncengine.model.Receipt;
import io.syncengine.model.SyncItem;
import io.syncengine.spi.FailPoint;
import io.syncengine.testkit.CrashPoints;
import io.syncengine.testkit.FaultyTier;
import io.syncengine.testkit.FaultyTier.Operation;
import io.syncengine.testkit.Gate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** P9: close() loses nothing that a tier or the log can hold. */
class P9CloseLosesNothingTest extends Promise {
  private static final Duration BOUND = Duration.ofSeconds(5);
  private static final Duration NO_TIME = Duration.ofMillis(50);

  @Test
  void whatWasAcceptedIsCarriedDown() {
    drains(new CrashPoints());
  }

  @Test
  void failsWithoutDraining() {
    breaksWithout(FailPoint.DRAIN, this::drains);
  }

  private void drains(CrashPoints points) {
    SyncEngine engine = open(withoutLog(anotherRoad()).failPoints(points));
    for (int i = 0; i < 50; i++) {
      engine.submit(SyncItem.of("k." + i, "v" + i));
    }
    assertThat(rows.count()).isZero();
    DrainReport report = engine.close(BOUND);
    assertThat(report.persisted()).isEqualTo(50);
    assertThat(report.complete()).isTrue();
    assertThat(report.lost()).isEmpty();
    assertThat(rows.count()).isEqualTo(50);
    assertThat(engine.state()).isEqualTo(EngineState.CLOSED);
  }

  @Test
  void whatTheGroundTruthDoesNotTakeWaitsInTheLog() {
    SyncEngine engine = open(withLog());
    truth.failAll(Operation.APPLY);
    for (int i = 0; i < 20; i++) {
      engine.submit(SyncItem.of("k." + i, "v" + i), i % 2 == 0 ? Ack.LOGGED : Ack.MEMORY);
    }
    DrainReport report = engine.close(NO_TIME);
    assertThat(report.waitingInLog()).isEqualTo(20);
    assertThat(report.complete()).isFalse();
    assertThat(report.lostCount()).isZero();
    truth.heal();
    SyncEngine again = open(withLog());
    assertThat(again.flush().persisted()).isEqualTo(20);
    assertThat(rowText("k.19")).isEqualTo("v19");
  }

  @Test
  void withoutALogItTellsWhatIsLost() {
    SyncEngine engine = open(withoutLog());
    truth.failAll(Operation.APPLY);
    engine.submit(SyncItem.of("x", "1"));
    engine.delete("y");
    DrainReport report = engine.close(NO_TIME);
    assertThat(report.lost()).containsExactlyInAnyOrder("x", "y");
    assertThat(report.lostCount()).isEqualTo(2);
    assertThat(report.waitingInLog()).isZero();
  }

  @Test
  void closingTwiceGivesTheSameReport() throws Exception {
    SyncEngine engine = open(withLog());
    engine.submit(SyncItem.of("x", "1"));
    DrainReport[] reports = new DrainReport[3];
    Thread[] threads = new Thread[3];
    for (int i = 0; i < 3; i++) {
      int n = i;
      threads[i] = new Thread(() -> reports[n] = engine.close(BOUND));
      threads[i].start();
    }
    for (Thread thread : threads) {
      thread.join(PATIENCE.toMillis());
    }
    assertThat(reports).containsOnly(reports[0]);
    assertThat(engine.close(BOUND)).isEqualTo(reports[0]);
    engine.close();
    assertThat(reports[0].persisted()).isEqualTo(1);
  }

  @Test
  void aCallThatWaitsForPersistedGetsItsReceipt() {
    SyncEngine engine = open(withLog());
    truth.failAll(Operation.APPLY);
    CompletableFuture<Receipt> write = engine.submitAsync(SyncItem.of("x", "1"), Ack.PERSISTED);
    await("it is logged", () -> engine.stats().logEntries() == 1);
    engine.close(NO_TIME);
    AckTimeoutException timeout = (AckTimeoutException) failure(write);
    assertThat(timeout.receipt().reached()).isEqualTo(Ack.LOGGED);
    truth.heal();
    assertThat(text(open(withLog()), "x")).isEqualTo("1");
  }

  @Test
  void withoutALogItIsToldThatItWasNotAccepted() {
    SyncEngine engine = open(withoutLog());
    truth.failAll(Operation.APPLY);
    CompletableFuture<Receipt> write = engine.submitAsync(SyncItem.of("x", "1"), Ack.PERSISTED);
    engine.close(NO_TIME);
    assertThat(failure(write)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aCallThatThrottleHoldsBackIsToldThatItWasNotAccepted() {
    SyncEngine engine = open(withLog().throttleMaxWait(Duration.ofSeconds(60)));
    for (int i = 0; i < 5; i++) {
      engine.submit(SyncItem.of("warm", i + "b".repeat(1000)), Ack.PERSISTED);
      time.advance(Duration.ofMillis(100));
    }
    log.setDiskUse(0.85);
    turnUntil("throttle", () -> engine.pressure().level() == PressureLevel.THROTTLE);
    engine.submitAsync(SyncItem.of("y", "b".repeat(1000)), Ack.LOGGED);
    CompletableFuture<Receipt> held =
        engine.submitAsync(SyncItem.of("x", "b".repeat(1000)), Ack.LOGGED);
    assertThat(held).isNotDone();
    engine.close(BOUND);
    assertThat(failure(held)).isInstanceOf(IllegalStateException.class);
    assertThat(open(withLog()).get("x")).isEmpty();
  }

  @Test
  void aCallThatTheLogHasNotTakenIsToldThatItWasNotAccepted() {
    CrashPoints points = new CrashPoints();
    SyncEngine engine = open(withLog().tierTimeout(Duration.ofMillis(100)).failPoints(points));
    CompletableFuture<Receipt> first;
    CompletableFuture<Receipt> behind;
    try (Gate gate = points.blockAt(FailPoint.LOG_APPEND)) {
      first = engine.submitAsync(SyncItem.of("first", "1"), Ack.LOGGED);
      gate.awaitReached(first);
      behind = engine.submitAsync(SyncItem.of("behind", "2"), Ack.LOGGED);
      engine.close(NO_TIME);
      assertThat(failure(behind)).isInstanceOf(IllegalStateException.class);
    }
    await("the other ends too", first::isDone);
    assertThat(open(withLog()).get("behind")).isEmpty();
  }

  @Test
  void aTierThatHangsDoesNotHoldCloseUp() {
    FaultyTier road = anotherRoad();
    SyncEngine engine = open(withoutLog(road).log(log).tierTimeout(Duration.ofMillis(100)));
    road.hang(Operation.APPLY, Operation.POLL);
    engine.submit(SyncItem.of("x", "1"));
    long start = System.nanoTime();
    DrainReport report = engine.close(NO_TIME);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    assertThat(report.waitingInLog()).isEqualTo(1);
  }

  @Test
  void everyCallDuringCloseEndsAndWhatWasAckedIsThere() throws Exception {
    for (int round = 0; round < 10; round++) {
      String prefix = "r" + round + ".";
      SyncEngine engine = open(withLog().name("closing"));
      Map<String, Boolean> acked = new ConcurrentHashMap<>();
      AtomicReference<Throwable> unexpected = new AtomicReference<>();
      List<Thread> writers = new ArrayList<>();
      for (int w = 0; w < 3; w++) {
        int writer = w;
        Thread thread =
            new Thread(
                () -> {
                  for (int i = 0; ; i++) {
                    String id = prefix + writer + "." + i;
                    try {
                      Ack ack = Ack.values()[i % 3];
                      engine.submit(SyncItem.of(id, "v"), ack);
                      acked.put(id, true);
                    } catch (IllegalStateException e) {
                      acked.put(id, false);
                      if (engine.state() != EngineState.RUNNING) {
                        return;
                      }
                    } catch (AckTimeoutException e) {
                      acked.put(id, true);
                    } catch (RuntimeException e) {
                      unexpected.compareAndSet(null, e);
                      return;
                    }
                  }
                });
        writers.add(thread);
        thread.start();
      }
      await("some writes", () -> acked.size() > 50);
      DrainReport report = engine.close(BOUND);
      for (Thread thread : writers) {
        thread.join(PATIENCE.toMillis());
        assertThat(thread.isAlive()).as("every call ends").isFalse();
      }
      assertThat(unexpected.get()).isNull();
      assertThat(report.lostCount()).isZero();
      SyncEngine again = open(withLog());
      acked.forEach(
          (id, accepted) ->
              assertThat(again.get(id).isPresent()).as(id + " " + report).isEqualTo(accepted));
      again.close(BOUND);
    }
  }

  @Test
  void anInterruptedCloseKeepsTheFlagAndStillReports() throws Exception {
    SyncEngine engine = open(withLog());
    truth.failAll(Operation.APPLY);
    engine.submit(SyncItem.of("x", "1"));
    AtomicBoolean flag = new AtomicBoolean();
    AtomicReference<DrainReport> report = new AtomicReference<>();
    Thread closer =
        new Thread(
            () -> {
              Thread.currentThread().interrupt();
              report.set(engine.close(BOUND));
              flag.set(Thread.currentThread().isInterrupted());
            });
    closer.start();
    closer.join(PATIENCE.toMillis());
    assertThat(flag).isTrue();
    assertThat(report.get().waitingInLog()).isEqualTo(1);
    assertThat(engine.state()).isEqualTo(EngineState.CLOSED);
  }

  @Test
  void itsThreadsEnd() {
    SyncEngine engine = open(withLog().name("ending"));
    engine.submit(SyncItem.of("x", "1"), Ack.PERSISTED);
    engine.close(BOUND);
    await(
        "no thread is left",
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(t -> t.getName().startsWith("sync-ending-")));
  }

  @Test
  void flushNamesWhatItCouldNotCarryDown() {
    SyncEngine engine = open(withoutLog());
    truth.failAll(Operation.APPLY);
    engine.submit(SyncItem.of("x", "1"));
    DrainReport report = engine.flush(NO_TIME);
    assertThat(report.complete()).isFalse();
    assertThat(report.lost()).containsExactly("x");
    truth.heal();
    DrainReport second = engine.flush(BOUND);
    assertThat(second.complete()).as("at once, whatever pause is on").isTrue();
    assertThat(second.persisted()).isEqualTo(1);
  }

  @Test
  void afterCloseNothingIsTaken() {
    SyncEngine engine = open(withLog());
    engine.close(BOUND);
    assertThatThrownBy(() -> engine.submit(SyncItem.of("x", "1")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("CLOSED");
    assertThatThrownBy(engine::flush).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> engine.scan("")).isInstanceOf(IllegalStateException.class);
  }
}
