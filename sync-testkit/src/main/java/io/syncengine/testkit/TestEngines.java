// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import io.syncengine.EngineState;
import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.model.DrainReport;
import io.syncengine.spi.Tier;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The engines of one test: instances on one ground truth and one clock. Each reaches the ground
 * truth by a road of its own, which is cut when it crashes. For the test's thread; {@link #engine}
 * from any.
 */
final class TestEngines {
  private static final Duration STEP = Duration.ofMillis(10);
  private static final Duration DRAIN_INTO_THE_LOG = Duration.ofMillis(200);
  private static final long STEP_REAL_NANOS = 2_000_000;
  private static final long PAUSE_REAL_NANOS = 20_000;
  private static final long LIMIT_REAL_NANOS = Duration.ofSeconds(20).toNanos();

  final ManualTime time = new ManualTime();
  final FaultyTier groundTruth;
  private final @Nullable InMemoryLog log;
  private final Consumer<SyncEngineConfig.Builder> configuration;
  private final Map<SyncEngine, FaultyTier> roads = new LinkedHashMap<>();
  private volatile SyncEngine first;

  /**
   * Opens the first engine.
   *
   * @param log the first engine's log, or null for engines without one
   */
  TestEngines(
      Tier tier, @Nullable InMemoryLog log, Consumer<SyncEngineConfig.Builder> configuration) {
    this.groundTruth = new FaultyTier(tier, time);
    this.log = log;
    this.configuration = configuration;
    this.first = open(log);
  }

  SyncEngine engine() {
    return first;
  }

  /** The first engine's log. */
  InMemoryLog log() {
    if (log == null) {
      throw new IllegalStateException("there is no log; build the extension with withLog()");
    }
    return log;
  }

  SyncEngine another() {
    return open(log == null ? null : new InMemoryLog());
  }

  SyncEngine restart() {
    SyncEngine old = first;
    FaultyTier road = roads.remove(old);
    Duration bound = old.config().closeTimeout();
    if (!groundTruth.takesWrites()) {
      // A call that hangs would hold the close up in real time; the log takes what was accepted.
      cut(road);
      bound = DRAIN_INTO_THE_LOG;
    }
    closeAndCheck(old, bound);
    first = open(log);
    return first;
  }

  SyncEngine crash() {
    SyncEngine old = first;
    cut(roads.remove(old));
    if (log != null) {
      log.crash();
    }
    // Ends its threads. It reaches neither the log nor the ground truth any more.
    old.close(Duration.ZERO);
    first = open(log);
    return first;
  }

  void advanceUntil(BooleanSupplier condition) {
    advanceUntil(STEP, condition);
  }

  private void advanceUntil(Duration step, BooleanSupplier condition) {
    long end = System.nanoTime() + LIMIT_REAL_NANOS;
    while (!holdsSoon(condition)) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("did not come to hold, however far the clock was turned");
      }
      time.advance(step);
    }
  }

  /** The engines' threads do in real time what the clock has started. */
  private static boolean holdsSoon(BooleanSupplier condition) {
    long end = System.nanoTime() + STEP_REAL_NANOS;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      LockSupport.parkNanos(PAUSE_REAL_NANOS);
    }
    return true;
  }

  /**
   * Heals the ground truth and closes all engines.
   *
   * @throws AssertionError if one that the test has not closed itself lost an accepted write
   */
  void close() {
    groundTruth.heal();
    AssertionError lost = null;
    for (SyncEngine engine : roads.keySet()) {
      try {
        closeAndCheck(engine, engine.config().closeTimeout());
      } catch (AssertionError e) {
        lost = lost == null ? e : lost;
      }
    }
    roads.clear();
    if (lost != null) {
      throw lost;
    }
  }

  private static void closeAndCheck(SyncEngine engine, Duration bound) {
    if (engine.state() == EngineState.CLOSED) {
      return; // The test has closed it and has its report.
    }
    DrainReport report = engine.close(bound);
    if (report.lostCount() > 0) {
      throw new AssertionError(
          "accepted writes are lost, since nothing below memory took them: " + report);
    }
  }

  private SyncEngine open(@Nullable InMemoryLog own) {
    FaultyTier road = new FaultyTier(groundTruth, time);
    SyncEngineConfig.Builder config = SyncEngineConfig.builder();
    // One try each, unless the test wants more: the clock stands still in the pauses between them.
    // And no filter, which answers where the test wants the ground truth to be asked.
    config.startupTries(1).queryTries(1).existenceFilter(false);
    configuration.accept(config);
    config.l3(road).timeSource(time).scheduler(time);
    if (own != null) {
      config.log(own);
    }
    SyncEngine engine = SyncEngine.create(config.build());
    roads.put(engine, road);
    start(engine);
    return engine;
  }

  /** A start waits for a ground truth that hangs, as long as a call may take by the clock. */
  private void start(SyncEngine engine) {
    if (!groundTruth.hangs()) {
      engine.start();
      return;
    }
    FutureTask<Void> start = new FutureTask<>(engine::start, null);
    Thread starter = new Thread(start, "engine-extension-start");
    starter.setDaemon(true);
    starter.start();
    advanceUntil(engine.config().tierTimeout().dividedBy(5), start::isDone);
    try {
      start.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new AssertionError("the start failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted in a start", e);
    }
  }

  /** Null is the road of an engine whose successor did not start: that engine is closed already. */
  private void cut(@Nullable FaultyTier road) {
    if (road != null) {
      road.failAll();
    }
    groundTruth.failHeld();
  }
}
