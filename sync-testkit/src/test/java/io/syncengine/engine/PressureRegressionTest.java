// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.SyncEngine;
import io.syncengine.model.Ack;
import io.syncengine.model.PressureLevel;
import io.syncengine.model.Receipt;
import io.syncengine.model.SyncItem;
import io.syncengine.model.WriteRejectedException;
import io.syncengine.spi.FailPoint;
import io.syncengine.testkit.Gate;
import io.syncengine.testkit.InMemoryLog;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What went wrong with pressure. */
class PressureRegressionTest extends Rig {
  private static final Duration TICK = Duration.ofMillis(100);

  /** Counts how often it is asked for its size. */
  private static final class MeasuredLog extends ForwardingLog {
    final AtomicLong asked = new AtomicLong();

    MeasuredLog(InMemoryLog inside) {
      super(inside);
    }

    @Override
    public long bytes() {
      asked.incrementAndGet();
      return super.bytes();
    }
  }

  private void level(SyncEngine engine, double disk, PressureLevel level) {
    log.setDiskUse(disk);
    turnUntil("the disk is looked at", TICK, () -> seen(engine, disk));
    assertThat(engine.pressure().level()).isEqualTo(level);
  }

  private static boolean seen(SyncEngine engine, double disk) {
    return engine.pressure().causes().get("disk") == disk;
  }

  @Test
  void everyWriteAskedTheLogForItsSize() {
    MeasuredLog measured = new MeasuredLog(log);
    SyncEngine engine = open(builder().log(measured));
    try (Gate gate = points.blockAt(FailPoint.LOG_APPEND)) {
      CompletableFuture<Receipt> first = engine.submitAsync(SyncItem.of("k", "1"), Ack.LOGGED);
      gate.awaitReached(first);
      long before = measured.asked.get();
      for (int i = 0; i < 1000; i++) {
        engine.submit(SyncItem.of("k." + i, "1"), Ack.MEMORY);
      }
      // Upkeep begins its first look when the engine starts, and may not be through with it.
      assertThat(measured.asked.get() - before).isLessThan(10);
    }
  }

  @Test
  void reconfigureForgotALevelThatStoodByHysteresis() {
    SyncEngine engine = open(withLog());
    level(engine, 0.91, PressureLevel.CRITICAL);
    level(engine, 0.895, PressureLevel.CRITICAL);
    engine.reconfigure(engine.config().toBuilder().ackTimeout(Duration.ofSeconds(9)).build());
    assertThat(engine.pressure().level()).isEqualTo(PressureLevel.CRITICAL);
  }

  @Test
  void reconfigureLeftShutdownAndBeganItsDwellAnew() {
    SyncEngine engine = open(withLog().shutdownAfter(Duration.ofSeconds(1)));
    log.setDiskUse(0.99);
    turnUntil("SHUTDOWN", TICK, () -> engine.pressure().level() == PressureLevel.SHUTDOWN);
    engine.reconfigure(engine.config().toBuilder().ackTimeout(Duration.ofSeconds(9)).build());
    assertThat(engine.pressure().level()).isEqualTo(PressureLevel.SHUTDOWN);
  }

  @Test
  void anUnbrokenTimeAboveTheMarkWasCountedThroughADip() {
    SyncEngine engine = open(withLog());
    level(engine, 0.99, PressureLevel.EMERGENCY);
    time.advance(Duration.ofSeconds(1));
    level(engine, 0.965, PressureLevel.EMERGENCY);
    time.advance(Duration.ofSeconds(60));
    level(engine, 0.99, PressureLevel.EMERGENCY);
    time.advance(Duration.ofSeconds(60));
    turnUntil("SHUTDOWN", TICK, () -> engine.pressure().level() == PressureLevel.SHUTDOWN);
  }

  @Test
  void deletesWereRefusedAtThrottleWhenNothingDrained() {
    SyncEngine engine = open(withLog());
    level(engine, 0.85, PressureLevel.THROTTLE);
    assertThatThrownBy(() -> engine.submit(SyncItem.of("x", "1")))
        .isInstanceOf(WriteRejectedException.class);
    assertThat(engine.delete("x").reached()).isEqualTo(Ack.LOGGED);
  }

  @Test
  void aWriteThatThrottleHeldBackCameAfterALaterOneOfTheSameId() {
    SyncEngine engine = open(withLog());
    Throttle.begin(this, engine, log);
    CompletableFuture<Receipt> first = engine.submitAsync(SyncItem.of("x", "1"), Ack.LOGGED);
    assertThat(first).isNotDone();
    log.setDiskUse(0);
    time.advance(TICK);
    await("NORMAL", () -> engine.pressure().level() == PressureLevel.NORMAL);
    assertThat(first).isNotDone();
    CompletableFuture<Receipt> second = engine.submitAsync(SyncItem.of("x", "2"), Ack.LOGGED);
    time.advance(TICK);
    time.advance(TICK);
    result(first);
    result(second);
    assertThat(text(engine, "x")).isEqualTo("2");
  }
}
