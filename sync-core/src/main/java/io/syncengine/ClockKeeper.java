// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import io.syncengine.model.SyncEngineException;
import io.syncengine.spi.WriteAheadLog;
import io.syncengine.write.RevisionClock;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Keeps in the log what the clock has passed, so that the next run, whatever its wall clock says,
 * begins above it. Each commit group tells the log by itself; kept here are versions that were
 * read, followed, or shown before they were logged.
 *
 * <p>A version is covered before it goes to the ground truth: else a crash could leave a write
 * there that stands above what is accepted after the restart. Room for a second is kept at a time,
 * so that this costs a write to the log a second at most.
 *
 * <p>Safe from any thread; {@code kept} only rises.
 */
final class ClockKeeper {
  private static final System.Logger LOG = System.getLogger("io.syncengine");
  private static final String CLOCK = "clock";
  private static final long RESERVE = RevisionClock.versions(1000);

  private final WriteAheadLog log;
  private final RevisionClock clock;
  private final LongSupplier logged;
  private final AtomicLong kept = new AtomicLong();

  /**
   * Makes a keeper.
   *
   * @param logged the clock as the newest commit group tells it
   */
  ClockKeeper(WriteAheadLog log, RevisionClock clock, LongSupplier logged) {
    this.log = log;
    this.clock = clock;
    this.logged = logged;
  }

  /** Lets the clock pass what earlier runs have kept. */
  void restore() {
    clock.observe(log.clockCeiling());
    log.state(CLOCK).map(Long::parseLong).ifPresent(clock::observe);
  }

  /** Sees to it that a version which goes to the ground truth is covered. */
  void cover(long version) {
    if (version > kept.get() && version > logged.getAsLong()) {
      keep(version + RESERVE);
    }
  }

  /** Keeps what the clock has passed until now. */
  void keep() {
    long passed = clock.ceiling();
    if (passed > kept.get() && passed > logged.getAsLong()) {
      keep(passed);
    }
  }

  private void keep(long version) {
    try {
      log.putState(CLOCK, Long.toString(version));
      kept.accumulateAndGet(version, Math::max);
    } catch (SyncEngineException e) {
      // The next one tries again; the log's own health tells of it.
      LOG.log(System.Logger.Level.DEBUG, "the clock was not kept", e);
    }
  }
}
