// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs a transaction again, as a whole, when another one was in its way: a deadlock, or a lock that
 * was not to be had in time. Engines cannot do that to each other, since each locks the head first;
 * whoever else writes the tables can.
 */
final class Contention {
  /** How often a transaction is tried at most. */
  static final int ATTEMPTS = 10;

  private static final long FIRST_PAUSE_MILLIS = 5;
  private static final long LONGEST_PAUSE_MILLIS = 200;

  private final Failures failures;

  Contention(Failures failures) {
    this.failures = failures;
  }

  /** A transaction, from its begin to its commit. */
  interface Transaction<T> {
    /** Runs it; may be called again after it failed. */
    T run() throws SQLException;
  }

  /** Runs it until it is through, the attempts are used up or the session's time is. */
  <T> T run(Session session, Transaction<T> transaction) throws SQLException {
    for (int attempt = 1; ; attempt++) {
      try {
        return transaction.run();
      } catch (SQLException e) {
        long pause = pauseNanos(attempt);
        if (attempt == ATTEMPTS
            || !failures.contended(e)
            || session.left().compareTo(Duration.ofNanos(pause)) <= 0) {
          throw e;
        }
        session.rollback();
        LockSupport.parkNanos(pause);
      }
    }
  }

  /** Anything up to twice the longest pause before: those who collided come back apart. */
  private static long pauseNanos(int attempt) {
    long most = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << attempt);
    return TimeUnit.MILLISECONDS.toNanos(ThreadLocalRandom.current().nextLong(1, most + 1));
  }
}
