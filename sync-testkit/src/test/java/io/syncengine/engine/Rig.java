// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.engine;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.model.SyncItem;
import io.syncengine.model.VersionMode;
import io.syncengine.spi.Entry;
import io.syncengine.spi.InMemoryTier;
import io.syncengine.testkit.CrashPoints;
import io.syncengine.testkit.Entries;
import io.syncengine.testkit.FaultyTier;
import io.syncengine.testkit.InMemoryLog;
import io.syncengine.testkit.ManualTime;
import io.syncengine.testkit.TestTierConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;

/**
 * What regression tests of the engine stand on. Time stands still until a test turns it, and no
 * batch is due before a day has passed, so that a write stays pending until somebody waits for it.
 */
abstract class Rig {
  static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(500);

  final ManualTime time = new ManualTime();
  final CrashPoints points = new CrashPoints();
  final InMemoryTier rows = opened(new InMemoryTier());
  final FaultyTier truth = new FaultyTier(rows);
  final InMemoryLog log = new InMemoryLog();
  private final List<SyncEngine> opened = new ArrayList<>();

  /** Open beyond the engines of a test, so that the test can look in when they are closed. */
  static InMemoryTier opened(InMemoryTier tier) {
    tier.open(TestTierConfig.defaults().withReadOnly(true));
    return tier;
  }

  SyncEngineConfig.Builder builder() {
    return SyncEngineConfig.builder()
        .l3(truth)
        // So that every miss asks the tier.
        .existenceFilter(false)
        .startupTries(1)
        .queryTries(1)
        .timeSource(time)
        .scheduler(time)
        .failPoints(points)
        .batchFlushInterval(Duration.ofDays(1));
  }

  SyncEngineConfig.Builder withLog() {
    return builder().log(log);
  }

  SyncEngineConfig.Builder callerMode(SyncEngineConfig.Builder builder) {
    return builder.versionMode(VersionMode.CALLER);
  }

  SyncEngine create(SyncEngineConfig.Builder config) {
    SyncEngine engine = SyncEngine.create(config.build());
    opened.add(engine);
    return engine;
  }

  SyncEngine open(SyncEngineConfig.Builder config) {
    SyncEngine engine = create(config);
    engine.start();
    return engine;
  }

  @AfterEach
  void closeAll() {
    truth.heal();
    opened.forEach(engine -> engine.close(SHORT));
  }

  /** Another instance writes to the ground truth. */
  void foreign(Entry... entries) {
    rows.apply(Entries.batch(entries));
  }

  /** A version above all that engines have given until now, in engine mode. */
  long later() {
    return (time.currentTimeMillis() + 1) << 16;
  }

  /** The text in the ground truth; null for a tombstone or nothing. */
  String row(String id) {
    Entry entry = rows.load(List.of(id)).found().get(id);
    return entry == null || entry.tombstone() ? null : entry.toItem().contentAsString();
  }

  static String text(SyncEngine engine, String id) {
    return engine.get(id).map(SyncItem::contentAsString).orElse(null);
  }

  static SyncItem item(String id, long version, String content) {
    return SyncItem.builder(id).content(content).version(version).build();
  }

  /** Turns the clock by steps until something holds. */
  void turnUntil(String what, Duration step, BooleanSupplier condition) {
    await(
        what,
        () -> {
          time.advance(step);
          long end = System.nanoTime() + 2_000_000;
          while (!condition.getAsBoolean() && System.nanoTime() - end < 0) {
            Thread.onSpinWait();
          }
          return condition.getAsBoolean();
        });
  }

  static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("did not come in time: " + what);
      }
      Thread.onSpinWait();
    }
  }

  /** Waits until the thread that calls something has ended or stands still. */
  static void awaitHalt(Thread thread) {
    await(
        "a thread's end or halt",
        () ->
            switch (thread.getState()) {
              case WAITING, TIMED_WAITING, TERMINATED -> true;
              default -> false;
            });
  }

  /** Waits for the end of a call and gives its result, or throws what it failed with. */
  static <T> T result(CompletableFuture<T> future) {
    await("the end of a call", future::isDone);
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw e;
    }
  }

  /** Runs a call on a thread of its own. */
  static <T> CompletableFuture<T> begin(Supplier<T> call) {
    return begin(call, new Thread[1]);
  }

  /** Runs a call on a thread of its own, which goes into {@code thread}. */
  static <T> CompletableFuture<T> begin(Supplier<T> call, Thread[] thread) {
    CompletableFuture<T> result = new CompletableFuture<>();
    thread[0] =
        new Thread(
            () -> {
              try {
                result.complete(call.get());
              } catch (RuntimeException | Error e) {
                result.completeExceptionally(e);
              }
            });
    thread[0].setDaemon(true);
    thread[0].start();
    return result;
  }
}
