// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.EngineState;
import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.model.Ack;
import io.syncengine.model.DrainReport;
import io.syncengine.model.DurabilityException;
import io.syncengine.model.PressureLevel;
import io.syncengine.model.Receipt;
import io.syncengine.model.SyncItem;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.InMemoryTier;
import io.syncengine.spi.TierConfig;
import io.syncengine.spi.TierInfo;
import io.syncengine.testkit.AlteredTier;
import io.syncengine.testkit.FaultyTier.Operation;
import io.syncengine.testkit.Gate;
import io.syncengine.testkit.InMemoryLog;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What went wrong when an engine was closed. */
class CloseRegressionTest extends Rig {
  private static final Duration BOUND = Duration.ofSeconds(5);

  /** Counts opens and closes, and fails as a test says. */
  private static final class Counted extends AlteredTier {
    final AtomicInteger open = new AtomicInteger();
    volatile Runnable onOpen = () -> {};
    volatile Runnable onClose = () -> {};

    Counted(InMemoryTier inside) {
      super(inside);
    }

    @Override
    public TierInfo open(TierConfig config) {
      onOpen.run();
      TierInfo info = super.open(config);
      open.incrementAndGet();
      return info;
    }

    @Override
    public void close() {
      open.decrementAndGet();
      super.close();
      onClose.run();
    }
  }

  /** Fails with what a log must not throw. */
  private static final class Buggy extends ForwardingLog {
    volatile boolean truncates;
    volatile boolean puts;

    Buggy(InMemoryLog inside) {
      super(inside);
    }

    @Override
    public void truncateBelow(long group) {
      fail(truncates);
      super.truncateBelow(group);
    }

    @Override
    public void putState(String key, String value) {
      fail(puts);
      super.putState(key, value);
    }

    private static void fail(boolean ordered) {
      if (ordered) {
        throw new IllegalStateException("a bug of the log, by order of the test");
      }
    }
  }

  private SyncEngineConfig.Builder config(boolean logged) {
    return logged ? withLog() : builder();
  }

  /** Whether a write is in the ground truth, or in the log and so there after the next start. */
  private boolean survives(boolean logged, String id) {
    if (logged) {
      try (SyncEngine next = SyncEngine.open(withLog().build())) {
        return next.get(id).isPresent();
      }
    }
    return row(id) != null;
  }

  @ParameterizedTest
  @CsvSource({
    "false, GATE, MEMORY",
    "false, STAMP, MEMORY",
    "false, PUBLISH, MEMORY",
    "false, STAMP, PERSISTED",
    "false, PUBLISH, PERSISTED",
    "true, GATE, MEMORY",
    "true, STAMP, MEMORY",
    "true, GATE, LOGGED",
    "true, STAMP, LOGGED",
    "true, LOG_APPEND, LOGGED",
    "true, LOG_APPENDED, LOGGED",
    "true, PUBLISH, LOGGED",
    "true, STAMP, PERSISTED",
    "true, PUBLISH, PERSISTED"
  })
  void aWriteInFlightAtCloseHungOrWasMissingFromTheReport(
      boolean logged, FailPoint point, Ack ack) {
    SyncEngine engine = open(config(logged));
    CompletableFuture<Receipt> write;
    CompletableFuture<DrainReport> closed;
    try (Gate gate = points.blockAt(point)) {
      write = begin(() -> engine.submit(SyncItem.of("x", "1"), ack));
      gate.awaitReached(write);
      Thread[] closer = new Thread[1];
      closed = begin(() -> engine.close(BOUND), closer);
      await("the engine closes", () -> engine.state() != EngineState.RUNNING);
      awaitHalt(closer[0]);
      gate.release();
    }
    boolean lost = result(closed).lost().contains("x");
    boolean accepted = true;
    try {
      result(write);
    } catch (IllegalStateException e) {
      accepted = false;
    }
    assertThat(survives(logged, "x") || lost).isEqualTo(accepted);
  }

  @Test
  void aLogThatHungAtCloseLeftItsCallersWithoutAnAnswer() {
    truth.failAll(Operation.APPLY);
    SyncEngine engine = open(withLog().tierTimeout(Duration.ofMillis(50)));
    try (Gate gate = points.blockAt(FailPoint.LOG_APPEND)) {
      CompletableFuture<Receipt> hung = engine.submitAsync(SyncItem.of("x", "1"), Ack.LOGGED);
      gate.awaitReached(hung);
      CompletableFuture<Receipt> queued = engine.submitAsync(SyncItem.of("y", "1"), Ack.LOGGED);
      CompletableFuture<Receipt> shown = engine.submitAsync(SyncItem.of("z", "1"), Ack.MEMORY);
      DrainReport report = engine.close(Duration.ZERO);
      assertThat(report.lost()).containsExactly("z");
      assertThatThrownBy(() -> result(hung)).isInstanceOf(DurabilityException.class);
      assertThatThrownBy(() -> result(queued)).isInstanceOf(IllegalStateException.class);
      assertThat(result(shown).reached()).isEqualTo(Ack.MEMORY);
    }
  }

  @Test
  void aWriteThatThrottleHeldBackNeverEndedAfterClose() {
    SyncEngine engine = open(withLog());
    Throttle.begin(this, engine, log);
    CompletableFuture<Receipt> held = engine.submitAsync(SyncItem.of("x", "1"), Ack.LOGGED);
    assertThat(engine.pressure().level()).isEqualTo(PressureLevel.THROTTLE);
    assertThat(held).isNotDone();
    engine.close(BOUND);
    assertThatThrownBy(() -> result(held)).isInstanceOf(IllegalStateException.class);
    time.advance(Duration.ofSeconds(1));
    assertThat(survives(true, "x")).isFalse();
  }

  @Test
  void theFlusherWentOnAfterCloseAsLongAsBatchesWereDue() {
    SyncEngine engine = open(withLog().batchFlushCount(1));
    truth.hang(Operation.APPLY);
    for (int i = 0; i < 1000; i++) {
      engine.submitAsync(SyncItem.of("k." + i, "1"), Ack.MEMORY).join();
    }
    truth.awaitHeld(1);
    await("all is logged", () -> engine.stats().logEntries() == 1000);
    Thread[] closer = new Thread[1];
    CompletableFuture<DrainReport> closed = begin(() -> engine.close(Duration.ZERO), closer);
    await("the engine closes", () -> engine.state() != EngineState.RUNNING);
    awaitHalt(closer[0]);
    truth.heal();
    DrainReport report = result(closed);
    assertThat(report.waitingInLog()).isGreaterThan(900);
    assertThat(report.lostCount()).isZero();
    assertThat(rows.count() + report.waitingInLog()).isEqualTo(1000);
  }

  @Test
  void closeWaitedOutTheFlushersRetryPause() {
    SyncEngine engine = open(builder().retryMin(Duration.ofHours(1)).retryMax(Duration.ofHours(1)));
    truth.failNext(1, Operation.APPLY);
    engine.submitAsync(SyncItem.of("x", "1"), Ack.PERSISTED);
    await("a flush fails", () -> engine.stats().flushFailures() == 1);
    assertThat(engine.close(BOUND).complete()).isTrue();
    assertThat(row("x")).isEqualTo("1");
  }

  @Test
  void closeDuringStartLeftTheTierOpenOrTheLogLocked() {
    Counted tier = new Counted(rows);
    CompletableFuture<Void> opening = new CompletableFuture<>();
    CompletableFuture<Void> goOn = new CompletableFuture<>();
    tier.onOpen =
        () -> {
          opening.complete(null);
          result(goOn);
        };
    SyncEngine engine = create(withLog().l3(tier));
    CompletableFuture<Object> started = begin(() -> start(engine));
    result(opening);
    Thread[] closer = new Thread[1];
    CompletableFuture<DrainReport> closed = begin(() -> engine.close(BOUND), closer);
    awaitHalt(closer[0]);
    goOn.complete(null);
    result(closed);
    result(started);
    assertThat(engine.state()).isEqualTo(EngineState.CLOSED);
    assertThat(tier.open).hasValue(0);
    tier.onOpen = () -> {};
    assertThat(open(withLog().l3(tier)).state()).isEqualTo(EngineState.RUNNING);
  }

  @Test
  void closeDuringReplayLeftTheLogLocked() {
    truth.failAll(Operation.APPLY);
    SyncEngine first = open(withLog());
    first.submit(SyncItem.of("x", "1"), Ack.LOGGED);
    first.close(Duration.ZERO);
    truth.heal();

    SyncEngine engine = create(withLog());
    CompletableFuture<Object> started;
    CompletableFuture<DrainReport> closed;
    try (Gate gate = points.blockAt(FailPoint.REPLAY)) {
      started = begin(() -> start(engine));
      gate.awaitReached(started);
      Thread[] closer = new Thread[1];
      closed = begin(() -> engine.close(BOUND), closer);
      awaitHalt(closer[0]);
      gate.release();
    }
    assertThat(result(closed).complete()).isTrue();
    result(started);
    assertThat(engine.state()).isEqualTo(EngineState.CLOSED);
    assertThat(row("x")).isEqualTo("1");
    points.clear(FailPoint.REPLAY);
    assertThat(text(open(withLog()), "x")).isEqualTo("1");
  }

  private static Object start(SyncEngine engine) {
    engine.start();
    return null;
  }

  @Test
  void anErrorInStartLeftTheLogLocked() {
    Counted tier = new Counted(rows);
    tier.onOpen =
        () -> {
          throw new StackOverflowError("by order of the test");
        };
    SyncEngineConfig config = withLog().l3(tier).build();
    assertThatThrownBy(() -> SyncEngine.open(config)).isInstanceOf(StackOverflowError.class);
    tier.onOpen = () -> {};
    assertThat(open(withLog().l3(tier)).state()).isEqualTo(EngineState.RUNNING);
  }

  @Test
  void closeByAnInterruptedThreadDrainedNothing() {
    SyncEngine engine = open(builder());
    engine.submit(SyncItem.of("x", "1"), Ack.MEMORY);
    Thread.currentThread().interrupt();
    DrainReport report = engine.close(BOUND);
    assertThat(Thread.interrupted()).as("the flag is kept").isTrue();
    assertThat(report.complete()).isTrue();
    assertThat(row("x")).isEqualTo("1");
  }

  /** Nobody loses his report because a log or tier has a bug. */
  private static void closeAsFarAsItGoes(SyncEngine engine) {
    assertThat(engine.close(BOUND).complete()).isTrue();
    assertThat(engine.state()).isEqualTo(EngineState.CLOSED);
  }

  @ParameterizedTest
  @CsvSource({"true, false", "false, true"})
  void aLogThatFailedAtCloseStayedLocked(boolean truncates, boolean puts) {
    Buggy buggy = new Buggy(log);
    Counted tier = new Counted(rows);
    SyncEngine engine = SyncEngine.open(builder().log(buggy).l3(tier).build());
    engine.submit(SyncItem.of("x", "1"), Ack.PERSISTED);
    buggy.truncates = truncates;
    buggy.puts = puts;
    closeAsFarAsItGoes(engine);
    assertThat(tier.open).hasValue(0);
    assertThat(text(open(withLog()), "x")).isEqualTo("1");
  }

  @Test
  void aTierThatFailedAtCloseLeftTheLogLocked() {
    Counted tier = new Counted(rows);
    tier.onClose =
        () -> {
          throw new IllegalStateException("a bug of the tier, by order of the test");
        };
    SyncEngine engine = SyncEngine.open(withLog().l3(tier).build());
    engine.submit(SyncItem.of("x", "1"), Ack.LOGGED);
    closeAsFarAsItGoes(engine);
    assertThat(text(open(withLog()), "x")).isEqualTo("1");
  }
}
