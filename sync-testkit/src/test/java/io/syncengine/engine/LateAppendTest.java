// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.model.Ack;
import io.syncengine.model.Receipt;
import io.syncengine.model.SyncItem;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.InMemoryTier;
import io.syncengine.testkit.CrashPoints;
import io.syncengine.testkit.Gate;
import io.syncengine.testkit.InMemoryLog;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A write whose append lasts longer than a later write of the same id takes from end to end. */
class LateAppendTest {
  private final InMemoryTier truth = new InMemoryTier();
  private final CrashPoints points = new CrashPoints();

  private SyncEngine open() {
    return SyncEngine.open(
        SyncEngineConfig.builder()
            .l3(truth)
            .log(new InMemoryLog())
            .batchFlushInterval(Duration.ofMillis(1))
            .failPoints(points)
            .build());
  }

  @Test
  void aWriteThatIsLoggedLateDoesNotHideALaterOneThatTheGroundTruthHas() {
    overtake(
        engine -> engine.submit(SyncItem.of("a", "second"), Ack.MEMORY),
        engine -> {
          assertThat(engine.get("a").orElseThrow().contentAsString()).isEqualTo("second");
          assertThat(engine.scan("").map(SyncItem::contentAsString)).containsExactly("second");
        });
  }

  @Test
  void aWriteThatIsLoggedLateDoesNotBringBackWhatWasDeletedMeanwhile() {
    overtake(
        engine -> engine.delete("a", Ack.MEMORY),
        engine -> {
          assertThat(engine.get("a")).isEmpty();
          assertThat(engine.getAll(List.of("a"))).isEmpty();
          assertThat(engine.scan("")).isEmpty();
        });
  }

  /** Checks while the late write cannot get to the ground truth, which would call it stale. */
  private void overtake(Consumer<SyncEngine> second, Consumer<SyncEngine> check) {
    try (SyncEngine engine = open();
        Gate append = points.blockAt(FailPoint.LOG_APPEND)) {
      CompletableFuture<Receipt> first = engine.submitAsync(SyncItem.of("a", "first"), Ack.LOGGED);
      append.awaitReached();
      second.accept(engine);
      awaitFlushed(engine);
      try (Gate flush = points.blockAt(FailPoint.FLUSH_TAKE)) {
        points.clear(FailPoint.LOG_APPEND);
        append.release();
        first.join();
        check.accept(engine);
        assertThat(flush.held()).isBetween(0, 1);
      }
    }
  }

  private static void awaitFlushed(SyncEngine engine) {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (engine.stats().pendingItems() > 0) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not flushed in time");
      }
      Thread.onSpinWait();
    }
  }
}
