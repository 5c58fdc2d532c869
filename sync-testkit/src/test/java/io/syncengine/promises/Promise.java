// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.promises;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.model.DrainReport;
import io.syncengine.model.SyncItem;
import io.syncengine.spi.Entry;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.InMemoryTier;
import io.syncengine.spi.Tier;
import io.syncengine.testkit.CrashPoints;
import io.syncengine.testkit.FaultyTier;
import io.syncengine.testkit.InMemoryLog;
import io.syncengine.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;

/**
 * What the tests of the promises share: a ground truth that fails on command, a log that outlives
 * engines, a clock that the test turns. Nothing is flushed by time until {@link #time} is turned,
 * so what was acknowledged and not flushed is under the test's control.
 */
abstract class Promise {
  static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration STEP = Duration.ofMillis(3);
  private static final Duration SHORT = Duration.ofSeconds(1);

  final InMemoryTier rows = new InMemoryTier();
  final FaultyTier truth = new FaultyTier(rows);
  final InMemoryLog log = new InMemoryLog();
  final ManualTime time = new ManualTime();
  private final List<SyncEngine> opened = new ArrayList<>();
  private final List<FaultyTier> tiers = new ArrayList<>();

  SyncEngineConfig.Builder withoutLog() {
    return withoutLog(truth);
  }

  SyncEngineConfig.Builder withoutLog(Tier tier) {
    return SyncEngineConfig.builder()
        .l3(tier)
        // Most promises are looked at where every miss asks the tier; P11 has the filter.
        .existenceFilter(false)
        .timeSource(time)
        .scheduler(time)
        .startupTries(1)
        .queryTries(1);
  }

  SyncEngineConfig.Builder withLog() {
    return withoutLog().log(log);
  }

  /** Another road to the same rows, with faults of its own. */
  FaultyTier anotherRoad() {
    FaultyTier tier = new FaultyTier(rows);
    tiers.add(tier);
    return tier;
  }

  SyncEngine open(SyncEngineConfig.Builder config) {
    SyncEngine engine = SyncEngine.open(config.build());
    opened.add(engine);
    return engine;
  }

  /**
   * The process with the engine of {@link #log} dies: nothing of it moves any more, since its clock
   * stands still and its road to the rows is cut, and the log is free for the next.
   */
  void crash(SyncEngine engine, FaultyTier road) {
    road.failAll();
    opened.remove(engine);
    log.crash();
  }

  @AfterEach
  void closeAll() {
    truth.heal();
    tiers.forEach(FaultyTier::heal);
    opened.forEach(engine -> engine.close(SHORT));
  }

  /** The row of an id, a tombstone included; null if there is none. */
  Entry row(String id) {
    return rows.load(List.of(id)).found().get(id);
  }

  String rowText(String id) {
    Entry entry = row(id);
    return entry == null || entry.tombstone() ? null : entry.toItem().contentAsString();
  }

  static String text(SyncEngine engine, String id) {
    return engine.get(id).map(SyncItem::contentAsString).orElse(null);
  }

  /** Turns the clock in steps until something holds. */
  void turnUntil(String what, BooleanSupplier condition) {
    await(
        what,
        () -> {
          // The engine's threads do in real time what the clock has started.
          long end = System.nanoTime() + STEP.toNanos();
          while (System.nanoTime() - end < 0) {
            if (condition.getAsBoolean()) {
              return true;
            }
            Thread.yield();
          }
          time.advance(Duration.ofMillis(50));
          return false;
        });
  }

  /** Flushes while the clock is turned, which a breaker or a pause may wait for. */
  DrainReport flush(SyncEngine engine) {
    CompletableFuture<DrainReport> flushed = CompletableFuture.supplyAsync(engine::flush);
    turnUntil("a flush", flushed::isDone);
    return flushed.join();
  }

  static void await(String what, BooleanSupplier condition) {
    await(what, PATIENCE, condition);
  }

  static void await(String what, Duration patience, BooleanSupplier condition) {
    long end = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("did not come in time: " + what);
      }
      Thread.yield();
    }
  }

  /** What a future failed with. */
  static Throwable failure(CompletableFuture<?> future) {
    await("an end of the call", future::isDone);
    try {
      Object result = future.join();
      throw new AssertionError("did not fail, but gave " + result);
    } catch (CompletionException e) {
      return e.getCause();
    }
  }

  /** The test of a promise fails when the step that keeps it is left out. */
  static void breaksWithout(FailPoint step, Consumer<CrashPoints> promise) {
    assertThatThrownBy(() -> promise.accept(new CrashPoints().leaveOut(step)))
        .as("the promise without " + step)
        .isInstanceOf(AssertionError.class);
  }
}
