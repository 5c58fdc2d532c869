// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.model.Ack;
import io.syncengine.model.Outcome;
import io.syncengine.model.ReadOption;
import io.syncengine.model.Receipt;
import io.syncengine.model.SyncItem;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.InMemoryTier;
import io.syncengine.testkit.CrashPoints;
import io.syncengine.testkit.FaultyTier;
import io.syncengine.testkit.Gate;
import io.syncengine.testkit.InMemoryLog;
import io.syncengine.testkit.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What went wrong once, most of it found by {@link ModelTest}. */
class RegressionsTest {
  private final ManualTime time = new ManualTime();
  private final CrashPoints failPoints = new CrashPoints();
  private final InMemoryTier truth = new InMemoryTier();
  private final FaultyTier tier = new FaultyTier(truth, time);
  private final InMemoryLog log = new InMemoryLog();
  private Fence fence;
  private SyncEngine engine;

  private void open() {
    fence = new Fence();
    SyncEngineConfig.Builder config =
        SyncEngineConfig.builder()
            .l3(fence.tier(tier))
            .log(fence.log(log))
            .timeSource(time)
            .scheduler(time)
            .failPoints(failPoints)
            // Turning the clock for one thing must not end the wait for another.
            .ackTimeout(Duration.ofDays(1));
    engine = SyncEngine.open(config.build());
  }

  private void crash() {
    fence.cut();
    engine.close(Duration.ZERO);
    log.crash();
  }

  @AfterEach
  void end() {
    crash();
  }

  private SyncEngine other() {
    return SyncEngine.open(
        SyncEngineConfig.builder().l3(truth).timeSource(time).scheduler(time).build());
  }

  @Test
  void getAllOfAReplayedWriteGaveWhatTheGroundTruthHeld() {
    open();
    engine.submit(SyncItem.of("a", "old"), Ack.PERSISTED);
    tier.failAll();
    engine.submit(SyncItem.of("a", "new"));
    engine.submit(SyncItem.of("b", "new"));
    crash();
    tier.heal();
    tier.failAll(FaultyTier.Operation.APPLY);
    open();
    assertThat(engine.getAll(List.of("a", "b")).values())
        .extracting(SyncItem::contentAsString)
        .containsExactly("new", "new");
    tier.failAll();
    assertThat(engine.getAll(List.of("a", "b"))).hasSize(2);
  }

  @Test
  void scanShowedAReplayedWriteThatWasDeletedSince() {
    open();
    tier.failAll();
    engine.submit(SyncItem.of("a", "old"));
    crash();
    tier.heal();
    try (SyncEngine other = other()) {
      time.advance(Duration.ofMillis(1));
      other.delete("a", Ack.PERSISTED);
    }
    tier.failAll(FaultyTier.Operation.APPLY);
    open();
    assertThat(engine.get("a")).isEmpty();
    assertThat(engine.scan("")).isEmpty();
  }

  @Test
  void aClockSetBackOverARestartLostAWrite() {
    open();
    log.failAppends(1);
    engine.submit(SyncItem.of("a", "old"), Ack.MEMORY);
    engine.flush();
    engine.close();
    time.setWallClock(Instant.ofEpochMilli(time.currentTimeMillis() - 3_600_000));
    open();
    assertThat(engine.submit(SyncItem.of("a", "new"), Ack.PERSISTED).outcome())
        .isEqualTo(Outcome.APPLIED);
    assertThat(engine.get("a").orElseThrow().contentAsString()).isEqualTo("new");
  }

  @Test
  void theLogWasNotCutAfterTheLastFlush() {
    open();
    time.advance(Duration.ofMillis(110));
    engine.submit(SyncItem.of("a", "1"), Ack.PERSISTED);
    time.advance(Duration.ofMillis(95));
    engine.submit(SyncItem.of("a", "2"), Ack.PERSISTED);
    turnUntil(() -> log.groups() == 0);
  }

  @Test
  void anOvertakenWriteWasCutFromTheLogBeforeTheOneAboveItWasThere() {
    open();
    tier.failAll();
    CompletableFuture<Receipt> logged;
    try (Gate gate = failPoints.blockAt(FailPoint.LOG_APPENDED)) {
      logged = engine.submitAsync(SyncItem.of("a", "logged"), Ack.LOGGED);
      gate.awaitReached();
      engine.submit(SyncItem.of("a", "memory"), Ack.MEMORY);
      log.failAppends(1);
    }
    assertThat(logged.join().outcome()).isEqualTo(Outcome.SUPERSEDED);
    turnUntil(() -> time.nanoTime() > 1_000_000_000L);
    crash();
    open();
    assertThat(engine.get("a").orElseThrow().contentAsString()).isEqualTo("logged");
  }

  @Test
  void memoryShowedWhatAReadBelowItHadFoundToBeOld() {
    open();
    engine.submit(SyncItem.of("a", "old"), Ack.PERSISTED);
    turnUntil(() -> engine.stats().pendingItems() == 0);
    // No poll tells this instance what the other one does.
    tier.failAll(FaultyTier.Operation.POLL);
    try (SyncEngine other = other()) {
      other.submit(other.get("a").orElseThrow().withContent("new"), Ack.PERSISTED);
      assertThat(engine.get("a").orElseThrow().contentAsString()).isEqualTo("old");
      assertThat(engine.read("a", ReadOption.SKIP_L1).item().orElseThrow().contentAsString())
          .isEqualTo("new");
      assertThat(engine.get("a").orElseThrow().contentAsString()).isEqualTo("new");
      other.delete("a", Ack.PERSISTED);
      assertThat(engine.read("a", ReadOption.SKIP_L1).item()).isEmpty();
      assertThat(engine.get("a")).isEmpty();
    }
  }

  @Test
  void aConfirmedWriteStayedInPendingWhenItsChangeRowWasSkipped() {
    tier.failAll(FaultyTier.Operation.POLL);
    open();
    engine.submit(SyncItem.of("a", "1"), Ack.PERSISTED);
    tier.heal();
    turnUntil(() -> engine.stats().pendingItems() == 0);
  }

  @Test
  void aWriteConfirmedAfterItsChangeRowWasSkippedStayedInPending() {
    tier.failAll(FaultyTier.Operation.POLL);
    open();
    CompletableFuture<Receipt> write;
    try (Gate gate = failPoints.blockAt(FailPoint.CONFIRM)) {
      write = engine.submitAsync(SyncItem.of("a", "1"), Ack.PERSISTED);
      gate.awaitReached();
      tier.heal();
      turnUntil(() -> engine.stats().changePosition() > 0);
    }
    assertThat(write.join().outcome()).isEqualTo(Outcome.APPLIED);
    turnUntil(() -> engine.stats().pendingItems() == 0);
  }

  private void turnUntil(BooleanSupplier done) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!done.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(end);
      time.advance(Duration.ofMillis(10));
      Thread.yield();
    }
  }
}
