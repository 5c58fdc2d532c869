// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.engine;

import io.syncengine.SyncEngine;
import io.syncengine.model.PressureLevel;
import io.syncengine.model.SyncItem;
import io.syncengine.testkit.InMemoryLog;
import java.time.Duration;

/** Brings an engine to THROTTLE with a drain that lets a small write in after about 200 ms. */
final class Throttle {
  /** How long a one-byte write waits at least, and at most. */
  static final Duration AT_LEAST = Duration.ofMillis(110);

  private Throttle() {}

  static void begin(Rig rig, SyncEngine engine, InMemoryLog log) {
    // The rate is an average over five seconds of the batches' bytes: here 1 byte per 200 ms.
    engine.submit(SyncItem.of("r", "0"));
    engine.flush(Rig.PATIENCE);
    rig.time.advance(Duration.ofSeconds(1));
    engine.submit(SyncItem.of("r", "x".repeat(26)));
    engine.flush(Rig.PATIENCE);
    log.setDiskUse(0.85);
    level(rig, engine, PressureLevel.THROTTLE);
  }

  /** Turns the clock until upkeep has seen a level. */
  static void level(Rig rig, SyncEngine engine, PressureLevel level) {
    rig.turnUntil("level " + level, Duration.ofMillis(1), () -> engine.pressure().level() == level);
    // Until its run is over it has not asked the clock for the next one.
    Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("sync-engine-watch-"))
        .forEach(Rig::awaitHalt);
  }
}
