// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.engine;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.model.Ack;
import io.syncengine.model.Outcome;
import io.syncengine.model.ReadOption;
import io.syncengine.model.ReadResult;
import io.syncengine.model.Receipt;
import io.syncengine.model.Source;
import io.syncengine.model.SyncItem;
import io.syncengine.model.WriteRejectedException;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.InMemoryTier;
import io.syncengine.testkit.CrashPoints;
import io.syncengine.testkit.InMemoryLog;
import io.syncengine.testkit.SeedSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * Many threads on few ids in one engine whose memory evicts and whose batches are small: whatever
 * begins after a read or an ack has ended finds no older revision than that one, a tombstone
 * included.
 */
class HistoryTest {
  private static final int THREADS = 6;
  private static final int IDS = 4;
  private static final int OPERATIONS = 1_500;

  @ParameterizedTest
  @SeedSource(8)
  void noReadGoesBack(long seed) {
    run(seed, new CrashPoints());
  }

  @Test
  void aFillWithoutAFenceIsFound() {
    assertThatThrownBy(
            () -> {
              // Found early as a rule; how early, the machine decides.
              for (long seed = 1; seed <= 500; seed++) {
                run(seed, new CrashPoints().leaveOut(FailPoint.FILL_FENCE));
              }
            })
        .hasStackTraceContaining("went back");
  }

  private static void run(long seed, CrashPoints failPoints) {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    SyncEngine engine =
        SyncEngine.open(
            SyncEngineConfig.builder()
                .l3(new InMemoryTier())
                .log(new InMemoryLog())
                .l1MaxBytes(64 << 10)
                .batchFlushCount(2)
                .changePoll(Duration.ofMillis(1))
                .failPoints(failPoints)
                .build());
    try {
      AtomicLongArray floors = new AtomicLongArray(IDS);
      Absences absences = new Absences();
      List<CompletableFuture<Void>> all = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        Random random = new Random(seed * THREADS + i);
        all.add(CompletableFuture.runAsync(() -> work(engine, random, floors, absences), threads));
      }
      all.forEach(CompletableFuture::join);
      absences.check();
    } finally {
      threads.shutdownNow();
      engine.close(Duration.ofSeconds(5));
    }
  }

  private static void work(
      SyncEngine engine, Random random, AtomicLongArray floors, Absences absences) {
    for (int i = 0; i < OPERATIONS; i++) {
      int id = random.nextInt(IDS);
      try {
        operation(engine, random, id, floors, absences);
      } catch (WriteRejectedException e) {
        // Pressure; nothing was written.
        Thread.yield();
      }
    }
  }

  private static void operation(
      SyncEngine engine, Random random, int id, AtomicLongArray floors, Absences absences) {
    int dice = random.nextInt(20);
    if (dice < 5) {
      write(engine, random, id, floors, absences);
    } else if (dice < 7) {
      // Makes the others leave memory.
      engine.submit(SyncItem.of("other." + random.nextInt(40), "x".repeat(2_000)), Ack.MEMORY);
    } else if (dice % 2 == 0) {
      read(engine, id, floors, absences, ReadOption.SKIP_L1);
    } else {
      read(engine, id, floors, absences);
    }
  }

  private static void write(
      SyncEngine engine, Random random, int id, AtomicLongArray floors, Absences absences) {
    Ack ack = Ack.values()[random.nextInt(Ack.values().length)];
    boolean delete = random.nextInt(3) == 0;
    Receipt receipt =
        delete
            ? engine.delete("k." + id, ack)
            : engine.submit(SyncItem.of("k." + id, "x".repeat(random.nextInt(2_000))), ack);
    if (delete) {
      absences.deletes.add("k." + id, receipt.version());
    }
    if (receipt.outcome() != Outcome.STALE) {
      floors.accumulateAndGet(id, receipt.version(), Math::max);
    }
  }

  private static void read(
      SyncEngine engine, int id, AtomicLongArray floors, Absences absences, ReadOption... options) {
    long floor = floors.get(id);
    ReadResult result = engine.read("k." + id, options);
    if (result.source() == Source.FILTER) {
      absences.add("k." + id, floor, result);
      return;
    }
    long version = result.revision().map(r -> r.version()).orElse(0L);
    if (version < floor) {
      throw new AssertionError("k." + id + " went back from " + floor + " to " + version);
    }
    floors.accumulateAndGet(id, version, Math::max);
  }

  /**
   * What the filter said, which does not tell by which delete an id is absent. So that is looked at
   * when all deletes are known.
   */
  private static final class Absences {
    final Deletes deletes = new Deletes();
    private final Queue<Absence> all = new ConcurrentLinkedQueue<>();

    private record Absence(String id, long floor, ReadResult result) {}

    void add(String id, long floor, ReadResult result) {
      all.add(new Absence(id, floor, result));
    }

    void check() {
      for (Absence one : all) {
        long version = deletes.versionOf(one.id, one.result, one.floor);
        if (version < one.floor) {
          throw new AssertionError(one.id + " went back from " + one.floor + " to nothing");
        }
      }
    }
  }
}
