// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import io.syncengine.batch.SerialTask;
import io.syncengine.model.Pressure;
import io.syncengine.model.PressureLevel;
import io.syncengine.model.SyncEngineException;
import io.syncengine.model.TierException;
import io.syncengine.spi.TombstonePurge;
import java.time.Duration;

/**
 * What has to be looked at again and again: pressure, memory's room, the disk, the follower's
 * position, old tombstones, and a ground truth that was down at the start. All fields but the
 * reason belong to the runs of {@code task}.
 */
final class Upkeep {
  private static final System.Logger LOG = System.getLogger("io.syncengine");
  private static final Duration TICK = Duration.ofMillis(100);
  private static final long POSITION_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long PURGE_NANOS = Duration.ofHours(1).toNanos();
  private static final int PURGE_LIMIT = 1000;

  private final Parts parts;
  private final Startup startup;
  private final Runnable shutdown;
  private final SerialTask task;
  private volatile String joinFailure;
  private long positionAtNanos;
  private long purgeAtNanos;
  private long joinAtNanos;

  /**
   * Makes upkeep that does not run yet.
   *
   * @param shutdown ends the engine when pressure asks for it
   */
  Upkeep(Parts parts, Startup startup, Runnable shutdown) {
    this.parts = parts;
    this.startup = startup;
    this.shutdown = shutdown;
    this.task = parts.task("upkeep", this::tick);
    long now = parts.time.nanoTime();
    this.positionAtNanos = now;
    this.purgeAtNanos = now;
    this.joinAtNanos = now;
  }

  void start() {
    task.kick();
  }

  void stop(Duration bound) {
    task.stop(bound);
  }

  /** Why the ground truth refused to be joined again; null if it did not. */
  String joinFailure() {
    return joinFailure;
  }

  private void tick() {
    try {
      parts.measureDisk();
      parts.fitMemory();
      watchPressure();
      long now = parts.time.nanoTime();
      if (!parts.truth.isOpen()) {
        join(now);
      } else {
        purge(now);
      }
      if (now - positionAtNanos >= POSITION_NANOS) {
        positionAtNanos = now;
        startup.keepPosition();
      }
    } finally {
      task.kickAfter(TICK.toNanos());
    }
  }

  private void watchPressure() {
    PressureLevel level = parts.pressure.level();
    if (level == PressureLevel.SHUTDOWN && parts.config().pressureShutdown().equals("close")) {
      Pressure now = parts.pressure.now();
      LOG.log(System.Logger.Level.ERROR, "pressure closes the engine: " + now);
      shutdown.run();
    }
  }

  private void join(long now) {
    if (now - joinAtNanos < 0) {
      return;
    }
    joinAtNanos = now + parts.config().retryMax().toNanos();
    try {
      startup.join();
      joinFailure = null;
      parts.follower.poll();
      parts.flusher.retryNow();
      LOG.log(System.Logger.Level.INFO, "the ground truth is there: " + parts.truth.description());
    } catch (SyncEngineException e) {
      joinFailure = e.getMessage();
    }
  }

  private void purge(long now) {
    if (now - purgeAtNanos < 0
        || parts.config().readOnly()
        || !parts.truth.has(TombstonePurge.class)) {
      return;
    }
    purgeAtNanos = now + PURGE_NANOS;
    long before = parts.time.currentTimeMillis() - parts.config().tombstoneRetention().toMillis();
    try {
      int removed = PURGE_LIMIT;
      while (before > 0 && removed == PURGE_LIMIT) {
        removed = parts.truth.purge(before, PURGE_LIMIT);
      }
    } catch (TierException e) {
      // The port remembers why; the next hour tries again.
      LOG.log(System.Logger.Level.DEBUG, "old tombstones were not purged", e);
    }
  }
}
