// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import io.syncengine.batch.SerialTask;
import io.syncengine.change.ChangeFollower;
import io.syncengine.model.CorruptDataException;
import io.syncengine.model.Pressure;
import io.syncengine.model.PressureLevel;
import io.syncengine.model.SyncEngineException;
import io.syncengine.model.TierException;
import io.syncengine.spi.ChangeRetention;
import io.syncengine.spi.Digests;
import io.syncengine.spi.TombstonePurge;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What has to be looked at again and again. One task watches pressure, memory's room and the disk;
 * another, which calls the ground truth and may be held up by it, purges old tombstones and change
 * rows, folds digests, compares clocks, and joins a ground truth that was down or has become
 * another one. The fields with times belong to the runs of {@code chores}.
 */
final class Upkeep {
  private static final System.Logger LOG = System.getLogger("io.syncengine");
  private static final long TICK_NANOS = Duration.ofMillis(100).toNanos();
  private static final long PURGE_NANOS = Duration.ofHours(1).toNanos();
  private static final int PURGE_LIMIT = 1000;
  private static final long REGISTER_NANOS = Duration.ofSeconds(5).toNanos();
  private static final long COME_BACK_NANOS = Duration.ofMinutes(10).toNanos();
  private static final long UNKNOWN = -1;
  private static final long TRIM_NANOS = Duration.ofMinutes(10).toNanos();
  private static final int TRIM_LIMIT = 1000;
  // Half of what a reader of digests may find undone, so that no writer alone brings it there.
  private static final long FOLD_ROWS = 500;
  private static final long CLOCK_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long SKEW_NANOS = Duration.ofSeconds(30).toNanos();

  private final Parts parts;
  private final Startup startup;
  private final Runnable shutdown;
  private final SerialTask watch;
  private final SerialTask chores;
  private final ClockSkew skew;
  private final long comeBackUntilNanos;
  private volatile @Nullable String joinFailure;
  private volatile boolean stopped;
  // Belongs to the runs of watch.
  private boolean shutDown;
  // Belong to the runs of chores.
  private long registerAtNanos;
  // The place in the change log, 0 for none; an earlier start may have left one.
  private long registered = UNKNOWN;
  private long trimAtNanos;
  private long folded;
  private long clockKeptAtNanos;
  private long purgeAtNanos;
  private long skewAtNanos;
  private long joinAtNanos;
  private int joinFailures;

  /**
   * Makes upkeep that does not run yet.
   *
   * @param shutdown ends the engine when pressure asks for it
   */
  Upkeep(Parts parts, Startup startup, Runnable shutdown) {
    this.parts = parts;
    this.startup = startup;
    this.shutdown = shutdown;
    this.watch = parts.task("watch", this::watch);
    this.chores = parts.task("chores", this::work);
    this.skew = new ClockSkew(parts.truth, parts.time);
    this.purgeAtNanos = parts.time.nanoTime();
    this.skewAtNanos = purgeAtNanos;
    this.registerAtNanos = purgeAtNanos;
    this.comeBackUntilNanos =
        purgeAtNanos + Math.min(COME_BACK_NANOS, parts.config().changeRetention().toNanos());
    this.trimAtNanos = purgeAtNanos;
    this.joinAtNanos = purgeAtNanos;
    this.clockKeptAtNanos = purgeAtNanos;
  }

  void start() {
    watch.kick();
    chores.kick();
  }

  void stop(Duration bound) {
    stopped = true;
    watch.stop(bound);
    chores.stop(bound);
  }

  /** Why the ground truth refused to be joined; null if it did not, or is joined. */
  @Nullable String joinFailure() {
    return joinFailure;
  }

  /**
   * By how many milliseconds this machine's clock is ahead of the ground truth's; negative if it is
   * behind, 0 if that is within the tolerance.
   */
  long clockSkewMillis() {
    long millis = skew.millis();
    return Math.abs(millis) > parts.config().clockTolerance().toMillis() ? millis : 0;
  }

  private void watch() {
    try {
      parts.measureLog();
      parts.fitMemory();
      if (!shutDown
          && parts.pressure.level() == PressureLevel.SHUTDOWN
          && parts.config().pressureShutdown().equals("close")) {
        Pressure now = parts.pressure.now();
        LOG.log(System.Logger.Level.ERROR, "pressure closes the engine: " + now);
        shutDown = true;
        shutdown.run();
      }
    } finally {
      watch.kickAfter(TICK_NANOS);
    }
  }

  private void keepClock() {
    long now = parts.time.nanoTime();
    if (now - clockKeptAtNanos >= CLOCK_NANOS) {
      clockKeptAtNanos = now;
      startup.keepClock();
    }
  }

  private void compareClocks() {
    long now = parts.time.nanoTime();
    if (now - skewAtNanos >= 0) {
      skewAtNanos = now + SKEW_NANOS;
      skew.measure();
    }
  }

  private void work() {
    try {
      if (parts.truth.isOpen()) {
        compareClocks();
        if (!parts.config().readOnly()) {
          purge();
          keepChanges();
          fold();
        }
      } else {
        join();
      }
      keepClock();
    } finally {
      chores.kickAfter(TICK_NANOS);
    }
  }

  private void join() {
    long now = parts.time.nanoTime();
    if (now - joinAtNanos < 0) {
      return;
    }
    joinFailures++;
    joinAtNanos = now + parts.config().daemonRetry().pause(joinFailures, parts.random).toNanos();
    try {
      parts.truth.open(startup::accept);
    } catch (SyncEngineException e) {
      joinFailure = e.getMessage();
      return;
    }
    joinFailure = null;
    joinFailures = 0;
    skewAtNanos = now;
    parts.groundTruthIsBack();
    LOG.log(System.Logger.Level.INFO, "the ground truth is there: " + parts.truth.description());
  }

  private void purge() {
    long now = parts.time.nanoTime();
    if (now - purgeAtNanos < 0
        // By a wrong clock it would take deletes away that others still need.
        || clockSkewMillis() != 0
        || !parts.truth.has(TombstonePurge.class)) {
      return;
    }
    purgeAtNanos = now + PURGE_NANOS;
    long before = parts.time.currentTimeMillis() - parts.config().tombstoneRetention().toMillis();
    try {
      int removed = PURGE_LIMIT;
      while (before > 0 && removed == PURGE_LIMIT && !stopped) {
        removed = parts.truth.purge(before, PURGE_LIMIT);
      }
    } catch (TierException e) {
      // The port remembers why; the next hour tries again.
      LOG.log(System.Logger.Level.DEBUG, "old tombstones were not purged", e);
    }
  }

  /** Keeps the change rows that somebody needs, and no others; by one time, told once. */
  private void keepChanges() {
    long now = parts.time.nanoTime();
    long millis = parts.time.currentTimeMillis();
    if (!parts.truth.has(ChangeRetention.class)) {
      return;
    }
    if (now - registerAtNanos >= 0) {
      registerAtNanos = now + REGISTER_NANOS;
      keepForReaders(now);
    }
    if (now - trimAtNanos >= 0 && clockSkewMillis() == 0 && isKept(now)) {
      trimAtNanos = now + TRIM_NANOS;
      trim(millis);
    }
  }

  /**
   * Tells the ground truth up to where subscribers of here have read. An instance that is gone
   * keeps its place until that is too old for anybody. One that comes back keeps it for a while,
   * for subscribers that come back too.
   */
  private void keepForReaders(long now) {
    long needed = needed();
    if (needed == registered || (registered == UNKNOWN && mayComeBack(now))) {
      return;
    }
    String reader = parts.identity.instanceId();
    try {
      if (needed > 0) {
        parts.truth.run(ChangeRetention.class, "register", r -> r.register(reader, needed));
      } else {
        parts.truth.run(ChangeRetention.class, "unregister", r -> r.unregister(reader));
      }
      registered = needed;
    } catch (TierException e) {
      LOG.log(System.Logger.Level.DEBUG, "no place was registered in the change log", e);
    }
  }

  private long needed() {
    return parts.feed.needed().orElse(0);
  }

  private boolean mayComeBack(long now) {
    return now - comeBackUntilNanos < 0;
  }

  /**
   * Whether no row goes that a subscriber of here needs: its place or one before it is registered,
   * or this instance has not been here for so long that a row since then may be old enough.
   */
  private boolean isKept(long now) {
    if (registered == UNKNOWN) {
      return mayComeBack(now);
    }
    long needed = needed();
    return needed == 0 || (registered > 0 && registered <= needed);
  }

  /** Removes old change rows. */
  private void trim(long millis) {
    SyncEngineConfig config = parts.config();
    long before = millis - config.changeRetention().toMillis();
    long bound = Math.min(before, millis - config.changeRetentionMax().toMillis());
    try {
      int removed = TRIM_LIMIT;
      while (removed == TRIM_LIMIT && !stopped) {
        removed =
            parts.truth.use(ChangeRetention.class, "trim", r -> r.trim(before, bound, TRIM_LIMIT));
      }
    } catch (TierException e) {
      LOG.log(System.Logger.Level.DEBUG, "old change rows were not removed", e);
    }
  }

  /** Takes change rows into the kept digests, when there are many or the history is another one. */
  private void fold() {
    ChangeFollower.Position at = parts.follower.position();
    if (at == null
        || !parts.truth.has(Digests.class)
        || Math.abs(at.sequence() - folded) < FOLD_ROWS) {
      return;
    }
    try {
      long left = 1;
      while (left > 0 && !stopped) {
        left = parts.truth.use(Digests.class, "fold", Digests::fold);
        left = left < FOLD_ROWS ? 0 : left;
      }
      folded = at.sequence();
    } catch (TierException e) {
      LOG.log(System.Logger.Level.DEBUG, "the digests were not brought up to date", e);
    } catch (CorruptDataException e) {
      folded = at.sequence();
      LOG.log(System.Logger.Level.ERROR, "the kept digests need a deep repair", e);
    }
  }
}
