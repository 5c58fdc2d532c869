// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.promises;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.EngineState;
import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.model.Ack;
import io.syncengine.model.BatchResult;
import io.syncengine.model.Health;
import io.syncengine.model.Pressure;
import io.syncengine.model.PressureLevel;
import io.syncengine.model.ReadOption;
import io.syncengine.model.Receipt;
import io.syncengine.model.SyncItem;
import io.syncengine.model.WriteRejectedException;
import io.syncengine.spi.FailPoint;
import io.syncengine.testkit.CrashPoints;
import io.syncengine.testkit.FaultyTier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** P6: memory is bounded and dirty data is never evicted. */
class P6MemoryIsBoundedTest extends Promise {
  private static final String KILOBYTE = "k".repeat(1000);
  private static final long SMALL = 1 << 17;

  @Test
  void whatCannotBeFlushedIsRefusedBeforeMemoryIsFull() {
    bounded(new CrashPoints());
  }

  @Test
  void failsWithoutTheGate() {
    breaksWithout(FailPoint.REFUSE, this::bounded);
  }

  private void bounded(CrashPoints points) {
    SyncEngine engine = open(withoutLog(anotherFailing()).l1MaxBytes(SMALL).failPoints(points));
    List<String> accepted = new ArrayList<>();
    int refused = 0;
    for (int i = 0; i < 300; i++) {
      try {
        engine.submit(SyncItem.of("k." + i, i + KILOBYTE));
        accepted.add("k." + i);
      } catch (WriteRejectedException e) {
        refused++;
        assertThat(engine.read("k." + i, ReadOption.ALLOW_STALE).item())
            .as("nothing is left of it")
            .isEmpty();
      }
    }
    assertThat(refused).isPositive();
    assertThat(engine.stats().rejected()).isEqualTo(refused);
    assertThat(engine.stats().pendingBytes()).isLessThan(SMALL);
    for (String id : accepted) {
      assertThat(text(engine, id)).as("dirty data is never evicted").endsWith(KILOBYTE);
    }
  }

  /** A road on which writes fail and reads go through. */
  private FaultyTier anotherFailing() {
    FaultyTier road = anotherRoad();
    road.failAll(FaultyTier.Operation.APPLY);
    return road;
  }

  @Test
  void withALogContentIsSpilledAndTheIndexAloneCounts() {
    spills(new CrashPoints());
  }

  @Test
  void failsWithoutSpilling() {
    breaksWithout(FailPoint.SPILL, this::spills);
  }

  private void spills(CrashPoints points) {
    SyncEngine engine =
        open(withoutLog(anotherFailing()).log(log).l1MaxBytes(SMALL).failPoints(points));
    assertThatCode(
            () -> {
              for (int i = 0; i < 200; i++) {
                engine.submit(SyncItem.of("k." + i, i + KILOBYTE));
              }
            })
        .as("nothing is refused")
        .doesNotThrowAnyException();
    assertThat(engine.stats().spilledItems()).isPositive();
    assertThat(engine.stats().pendingBytes()).isLessThan(SMALL);
    turnUntil(
        "clean items make room",
        () -> engine.stats().pendingBytes() + engine.stats().l1Bytes() < SMALL);
    for (int i = 0; i < 200; i++) {
      assertThat(text(engine, "k." + i)).startsWith(i + "k");
    }
  }

  @Test
  void theIndexCountsAsPressureAndIsRebuiltFromTheLog() {
    FaultyTier road = anotherFailing();
    SyncEngine engine = open(withoutLog(road).log(log).l1MaxBytes(SMALL));
    for (int i = 0; i < 100; i++) {
      engine.submit(SyncItem.of("k." + i, i + KILOBYTE));
    }
    double before = engine.pressure().causes().get("memory");
    assertThat(before).isGreaterThan(0.2);
    crash(engine, road);
    SyncEngine again = open(withoutLog(anotherFailing()).log(log).l1MaxBytes(SMALL));
    assertThat(again.stats().pendingItems()).isEqualTo(100);
    assertThat(again.stats().spilledItems()).isPositive();
    assertThat(again.pressure().causes().get("memory")).isGreaterThan(0.2).isLessThan(0.9);
    assertThat(again.stats().pendingBytes()).isLessThan(SMALL);
  }

  @Test
  void theLogsSizeCountsAsPressure() {
    SyncEngine engine =
        open(withoutLog(anotherFailing()).log(log).walMaxBytes(1 << 20).l1MaxBytes(1 << 24));
    String big = "b".repeat(20_000);
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 100; i++) {
                engine.submit(SyncItem.of("k." + i, big));
              }
            })
        .isInstanceOf(WriteRejectedException.class);
    assertThat(engine.pressure().causes().get("log")).isBetween(0.7, 1.0);
    assertThat(engine.pressure().causes().get("memory")).isLessThan(0.7);
  }

  @Test
  void occupancyIsNoPressure() {
    SyncEngine engine = open(withLog().l1MaxBytes(SMALL));
    for (int i = 0; i < 500; i++) {
      engine.submit(SyncItem.of("k." + i, i + KILOBYTE));
      if (i % 20 == 19) {
        assertThat(engine.flush().complete()).isTrue();
      }
    }
    turnUntil("pending lets go", () -> engine.stats().pendingItems() == 0);
    assertThat(engine.stats().l1Evictions()).isPositive();
    assertThat(engine.stats().l1Bytes()).isBetween(SMALL / 2, SMALL);
    assertThat(engine.pressure().level()).isEqualTo(PressureLevel.NORMAL);
  }

  @Test
  void withMemoryAsGroundTruthNothingIsEvictedAndAFullOneRefuses() {
    SyncEngine engine = open(SyncEngineConfig.builder().l1MaxBytes(SMALL));
    int accepted = 0;
    WriteRejectedException refusal = null;
    while (refusal == null && accepted < 1000) {
      try {
        engine.submit(SyncItem.of("k." + accepted, KILOBYTE), Ack.PERSISTED);
        accepted++;
      } catch (WriteRejectedException e) {
        refusal = e;
      }
    }
    assertThat(refusal).isNotNull();
    for (int i = 0; i < accepted; i++) {
      assertThat(engine.get("k." + i)).isPresent();
    }
  }

  private void disk(SyncEngine engine, double use, PressureLevel level) {
    log.setDiskUse(use);
    turnUntil("the measure", () -> engine.pressure().causes().get("disk") == use);
    turnUntil(level + " at " + use, () -> engine.pressure().level() == level);
  }

  private SyncEngineConfig.Builder levels() {
    return withLog().shutdownAfter(Duration.ofSeconds(60));
  }

  @Test
  void theLevelsComeInOrderAndGoBackWithHysteresis() {
    SyncEngine engine = open(levels());
    List<PressureLevel> told = new CopyOnWriteArrayList<>();
    engine.onPressure(p -> told.add(p.level()));
    disk(engine, 0.69, PressureLevel.NORMAL);
    disk(engine, 0.70, PressureLevel.WARN);
    disk(engine, 0.80, PressureLevel.THROTTLE);
    disk(engine, 0.90, PressureLevel.CRITICAL);
    disk(engine, 0.95, PressureLevel.EMERGENCY);
    disk(engine, 0.99, PressureLevel.EMERGENCY);
    time.advance(Duration.ofSeconds(50));
    assertThat(engine.pressure().level()).isEqualTo(PressureLevel.EMERGENCY);
    time.advance(Duration.ofSeconds(9));
    turnUntil("after a minute", () -> engine.pressure().level() == PressureLevel.SHUTDOWN);
    assertThat(engine.state()).as("keeps reads").isEqualTo(EngineState.RUNNING);
    assertThat(engine.get("x")).isEmpty();
    disk(engine, 0.975, PressureLevel.SHUTDOWN);
    disk(engine, 0.96, PressureLevel.EMERGENCY);
    disk(engine, 0.945, PressureLevel.EMERGENCY);
    disk(engine, 0.93, PressureLevel.CRITICAL);
    disk(engine, 0.895, PressureLevel.CRITICAL);
    disk(engine, 0.85, PressureLevel.THROTTLE);
    disk(engine, 0.75, PressureLevel.WARN);
    disk(engine, 0.10, PressureLevel.NORMAL);
    await("all are told", () -> told.size() == 10);
    assertThat(told)
        .containsExactly(
            PressureLevel.WARN,
            PressureLevel.THROTTLE,
            PressureLevel.CRITICAL,
            PressureLevel.EMERGENCY,
            PressureLevel.SHUTDOWN,
            PressureLevel.EMERGENCY,
            PressureLevel.CRITICAL,
            PressureLevel.THROTTLE,
            PressureLevel.WARN,
            PressureLevel.NORMAL);
    assertThat(engine.submit(SyncItem.of("x", "1")).reached()).isEqualTo(Ack.LOGGED);
  }

  @Test
  void aMomentAboveTheShutdownMarkDoesNotCountTowardsAnother() {
    SyncEngine engine = open(levels());
    disk(engine, 0.99, PressureLevel.EMERGENCY);
    disk(engine, 0.96, PressureLevel.EMERGENCY);
    time.advance(Duration.ofSeconds(70));
    log.setDiskUse(0.99);
    for (int i = 0; i < 20; i++) {
      time.advance(Duration.ofMillis(100));
      assertThat(engine.pressure().level()).isEqualTo(PressureLevel.EMERGENCY);
    }
  }

  @Test
  void criticalRefusesPutsWith503AndTakesDeletes() {
    SyncEngine engine = open(levels());
    engine.submit(SyncItem.of("x", "1"));
    disk(engine, 0.92, PressureLevel.CRITICAL);
    assertThatThrownBy(() -> engine.submit(SyncItem.of("x", "2")))
        .isInstanceOfSatisfying(
            WriteRejectedException.class,
            e -> {
              assertThat(e.level()).isEqualTo(PressureLevel.CRITICAL);
              assertThat(e.httpStatus()).isEqualTo(503);
              assertThat(e.retryAfter()).isPositive();
            });
    assertThat(text(engine, "x")).as("nothing is left of it").isEqualTo("1");
    assertThat(engine.health().reasons().toString()).contains("CRITICAL");
    assertThat(engine.health().status()).isEqualTo(Health.Status.DEGRADED);
    assertThat(engine.delete("x").reached()).isEqualTo(Ack.LOGGED);
    assertThat(engine.get("x")).isEmpty();
  }

  @Test
  void emergencyIsReadOnlyAndStillDrains() {
    SyncEngine engine = open(levels());
    engine.submit(SyncItem.of("x", "1"));
    disk(engine, 0.96, PressureLevel.EMERGENCY);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> engine.submit(SyncItem.of("x", "2")))
          .isInstanceOf(WriteRejectedException.class);
      assertThatThrownBy(() -> engine.delete("x"))
          .isInstanceOfSatisfying(
              WriteRejectedException.class, e -> assertThat(e.httpStatus()).isEqualTo(503));
      assertThat(text(engine, "x")).isEqualTo("1");
      log.setDiskUse(0.99);
      time.advance(Duration.ofMillis(100));
      time.advance(Duration.ofSeconds(60));
      turnUntil("shutdown", () -> engine.pressure().level() == PressureLevel.SHUTDOWN);
    }
    turnUntil("it drains", () -> "1".equals(rowText("x")));
    BatchResult batch = engine.submitAll(List.of(SyncItem.of("y", "1")));
    assertThat(batch.allSucceeded()).isFalse();
  }

  @Test
  void shutdownByPressureClosesWhereThatIsWanted() {
    SyncEngine engine = open(levels().pressureShutdown("close"));
    engine.submit(SyncItem.of("x", "1"));
    List<EngineState> states = new CopyOnWriteArrayList<>();
    engine.onStateChange(states::add);
    log.setDiskUse(0.99);
    time.advance(Duration.ofMillis(100));
    time.advance(Duration.ofSeconds(60));
    turnUntil("closed", () -> engine.state() == EngineState.CLOSED);
    await("told", () -> states.contains(EngineState.CLOSED));
    assertThat(rows.count()).as("it drained").isEqualTo(1);
  }

  @Test
  void throttlePacesWritesAtTheDrainRateAndThenRefusesWith429() {
    SyncEngine engine = open(levels().throttleMaxWait(Duration.ofMillis(250)));
    for (int i = 0; i < 40; i++) {
      engine.submit(SyncItem.of("warm", i + KILOBYTE.repeat(20)), Ack.PERSISTED);
      time.advance(Duration.ofMillis(100));
    }
    disk(engine, 0.85, PressureLevel.THROTTLE);
    List<CompletableFuture<Receipt>> waiting = new ArrayList<>();
    WriteRejectedException refusal = null;
    for (int i = 0; i < 200 && refusal == null; i++) {
      CompletableFuture<Receipt> write =
          engine.submitAsync(SyncItem.of("k." + i, KILOBYTE), Ack.LOGGED);
      if (write.isCompletedExceptionally()) {
        refusal = (WriteRejectedException) failure(write);
      } else {
        waiting.add(write);
      }
    }
    assertThat(refusal).isNotNull();
    assertThat(refusal.level()).isEqualTo(PressureLevel.THROTTLE);
    assertThat(refusal.httpStatus()).isEqualTo(429);
    assertThat(refusal.retryAfter()).isPositive();
    assertThat(waiting).hasSizeGreaterThan(5);
    CompletableFuture<Receipt> last = waiting.get(waiting.size() - 1);
    assertThat(last).as("its future waits").isNotDone();
    assertThat(engine.get("k." + (waiting.size() - 1))).isEmpty();
    time.advance(Duration.ofMillis(250));
    await("all are accepted", () -> waiting.stream().allMatch(CompletableFuture::isDone));
    assertThat(last.join().reached()).isEqualTo(Ack.LOGGED);
  }

  @Test
  void pressureTellsItsCauses() {
    SyncEngine engine = open(withLog());
    Pressure pressure = engine.pressure();
    assertThat(pressure.causes()).containsOnlyKeys("memory", "log", "disk");
    assertThat(pressure.level()).isEqualTo(PressureLevel.NORMAL);
  }
}
