// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import io.syncengine.model.SyncEngineException;
import io.syncengine.spi.WriteAheadLog;
import io.syncengine.write.RevisionClock;
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
 * <p>Each of the two marks has one writer at a time, so that neither can put a lower one over a
 * higher: {@code cover} is the flusher's, {@code keep} that of the chores and, after them, of who
 * closes. Their fields are theirs.
 */
final class ClockKeeper {
  private static final System.Logger LOG = System.getLogger("io.syncengine");
  private static final String PASSED = "clock";
  private static final String SENT = "clock_sent";
  private static final long RESERVE = RevisionClock.versions(1000);

  private final WriteAheadLog log;
  private final RevisionClock clock;
  private final LongSupplier logged;
  private long sent;
  private long passed;

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
    log.state(PASSED).map(Long::parseLong).ifPresent(clock::observe);
    log.state(SENT).map(Long::parseLong).ifPresent(clock::observe);
  }

  /** Sees to it that a version which goes to the ground truth is covered. */
  void cover(long version) {
    if (version > sent && version > logged.getAsLong() && put(SENT, version + RESERVE)) {
      sent = version + RESERVE;
    }
  }

  /** Keeps what the clock has passed until now. */
  void keep() {
    long now = clock.ceiling();
    if (now > passed && now > logged.getAsLong() && put(PASSED, now)) {
      passed = now;
    }
  }

  private boolean put(String key, long version) {
    try {
      log.putState(key, Long.toString(version));
      return true;
    } catch (SyncEngineException e) {
      // The next one tries again; the log's own health tells of it.
      LOG.log(System.Logger.Level.DEBUG, "the clock was not kept", e);
      return false;
    }
  }
}
