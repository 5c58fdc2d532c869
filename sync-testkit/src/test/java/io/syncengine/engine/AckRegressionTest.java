// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.SyncEngine;
import io.syncengine.model.Ack;
import io.syncengine.model.DurabilityException;
import io.syncengine.model.Receipt;
import io.syncengine.model.SyncItem;
import io.syncengine.spi.Entry;
import io.syncengine.spi.FailPoint;
import io.syncengine.testkit.Gate;
import io.syncengine.testkit.InMemoryLog;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.junit.jupiter.api.Test;

/** What went wrong between the log and the callers who wait for it. */
class AckRegressionTest extends Rig {
  private static final Duration REOPEN = Duration.ofMillis(200);

  /** Throws what a log must not throw, once for each order. */
  private static final class BuggyLog extends ForwardingLog {
    volatile boolean appends;
    volatile boolean reopens;
    volatile boolean truncates;

    BuggyLog(InMemoryLog inside) {
      super(inside);
    }

    private static IllegalStateException bug() {
      return new IllegalStateException("a bug of the log, by order of the test");
    }

    @Override
    public long append(List<Entry> entries, long clockCeiling) {
      if (appends) {
        appends = false;
        throw bug();
      }
      return super.append(entries, clockCeiling);
    }

    @Override
    public void reopen() {
      if (reopens) {
        reopens = false;
        throw bug();
      }
      super.reopen();
    }

    @Override
    public void truncateBelow(long group) {
      if (truncates) {
        truncates = false;
        throw bug();
      }
      super.truncateBelow(group);
    }
  }

  private void writes(SyncEngine engine, String id) {
    CompletableFuture<Receipt> write = engine.submitAsync(SyncItem.of(id, "1"), Ack.LOGGED);
    assertThat(result(write).reached()).isEqualTo(Ack.LOGGED);
  }

  /** The log has been left alone for as long as it waits before the next try. */
  private void writesAgain(SyncEngine engine) {
    turnUntil("it is opened again", REOPEN, () -> healed(engine));
    writes(engine, "after");
  }

  private static boolean healed(SyncEngine engine) {
    try {
      return result(engine.submitAsync(SyncItem.of("probe", "1"), Ack.LOGGED)) != null;
    } catch (DurabilityException e) {
      return false;
    }
  }

  @Test
  void twoCallbacksThatWroteWaitedForEachOthersAcks() {
    SyncEngine engine = open(withLog());
    CompletableFuture<Void> firstRuns = new CompletableFuture<>();
    CompletableFuture<Void> bothRun = new CompletableFuture<>();
    CompletableFuture<Receipt> first =
        held(engine, "a", () -> firstRuns.complete(null), bothRun, "a2");
    result(firstRuns);
    CompletableFuture<Receipt> second =
        held(engine, "b", () -> bothRun.complete(null), bothRun, "b2");
    assertThat(result(first).reached()).isEqualTo(Ack.LOGGED);
    assertThat(result(second).reached()).isEqualTo(Ack.LOGGED);
  }

  /** A write whose callback waits and then makes another write, on a callback thread. */
  private CompletableFuture<Receipt> held(
      SyncEngine engine, String id, Runnable begun, CompletableFuture<Void> goOn, String then) {
    try (Gate gate = points.blockAt(FailPoint.LOG_APPEND)) {
      CompletableFuture<Receipt> write = engine.submitAsync(SyncItem.of(id, "1"), Ack.LOGGED);
      gate.awaitReached();
      return write.thenApply(
          receipt -> {
            begun.run();
            result(goOn);
            return engine.submit(SyncItem.of(then, "1"), Ack.LOGGED);
          });
    }
  }

  @Test
  void aFailedAppendWasReportedAsLoggedWhenItsTimeWasOver() {
    ConcurrentLinkedDeque<Runnable> callbacks = new ConcurrentLinkedDeque<>();
    SyncEngine engine = open(withLog().callbackExecutor(callbacks::add));
    log.failAppends(1);
    CompletableFuture<Receipt> write = engine.submitAsync(SyncItem.of("x", "1"), Ack.LOGGED);
    await("the append fails", () -> !engine.health().reasons().isEmpty());
    turnUntil(
        "its end is told",
        engine.config().ackTimeout(),
        () -> write.isDone() || !callbacks.isEmpty());
    time.advance(engine.config().ackTimeout());
    // An executor with several threads keeps no order: here the last comes first.
    for (Runnable next = callbacks.pollLast(); next != null; next = callbacks.pollLast()) {
      next.run();
    }
    assertThatThrownBy(() -> result(write)).isInstanceOf(DurabilityException.class);
    assertThat(engine.get("x")).isEmpty();
  }

  @Test
  void aBugInTheLogsAppendLeftItsCallerWaiting() {
    BuggyLog buggy = new BuggyLog(log);
    SyncEngine engine = open(builder().log(buggy));
    writes(engine, "before");
    buggy.appends = true;
    CompletableFuture<Receipt> write = engine.submitAsync(SyncItem.of("x", "1"), Ack.LOGGED);
    assertThatThrownBy(() -> result(write)).isInstanceOf(DurabilityException.class);
    writesAgain(engine);
  }

  @Test
  void aBugInTheLogsReopenLeftItsCallersWaiting() {
    BuggyLog buggy = new BuggyLog(log);
    SyncEngine engine = open(builder().log(buggy));
    log.failAppends(1);
    buggy.reopens = true;
    CompletableFuture<Receipt> first = engine.submitAsync(SyncItem.of("x", "1"), Ack.LOGGED);
    assertThatThrownBy(() -> result(first)).isInstanceOf(DurabilityException.class);
    CompletableFuture<Receipt> second = engine.submitAsync(SyncItem.of("y", "1"), Ack.LOGGED);
    assertThatThrownBy(() -> result(second)).isInstanceOf(DurabilityException.class);
    writesAgain(engine);
  }

  @Test
  void aBugInTheLogsTruncationEndedTruncation() {
    BuggyLog buggy = new BuggyLog(log);
    SyncEngine engine = open(builder().log(buggy));
    buggy.truncates = true;
    writes(engine, "x");
    engine.flush(PATIENCE);
    turnUntil("it is tried", REOPEN, () -> !buggy.truncates);
    turnUntil("it is tried again", REOPEN, () -> log.groups() == 0);
    writes(engine, "y");
  }
}
