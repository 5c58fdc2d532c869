// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.model.RetryPolicy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs a transaction again, as a whole, when another one was in its way: a deadlock, or a lock that
 * was not to be had in time. Engines cannot do that to each other, since each locks the head first;
 * whoever else writes the tables can.
 */
final class Contention {
  private static final RetryPolicy POLICY =
      new RetryPolicy(10, Duration.ofMillis(10), Duration.ofMillis(200));

  private final Failures failures;

  Contention(Failures failures) {
    this.failures = failures;
  }

  /** A transaction, from its begin to its commit. */
  interface Transaction<T> {
    /** Runs it; may be called again after it failed. */
    T run() throws SQLException;
  }

  /** Runs it until it is through, the tries are used up or the session's time is. */
  <T> T run(Session session, Transaction<T> transaction) throws SQLException {
    for (int tries = 1; ; tries++) {
      try {
        return transaction.run();
      } catch (SQLException e) {
        Duration pause = POLICY.pause(tries, ThreadLocalRandom.current());
        if (tries == POLICY.tries()
            || !failures.contended(e)
            || session.left().compareTo(pause) <= 0) {
          throw e;
        }
        session.rollback();
        LockSupport.parkNanos(pause.toNanos());
      }
    }
  }
}
