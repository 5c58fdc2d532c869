// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.SyncEngine;
import io.syncengine.model.PressureLevel;
import io.syncengine.testkit.InMemoryLog;
import java.time.Duration;
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
}
