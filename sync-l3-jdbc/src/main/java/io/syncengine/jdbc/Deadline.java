// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.Duration;

/** Until when a call may wait for answers. */
interface Deadline {
  /** Where a call waits for locks alone, which are bounded otherwise. */
  Deadline NONE =
      new Deadline() {
        @Override
        public Duration left() {
          return Duration.ofSeconds(10);
        }

        @Override
        public void arm(Connection connection) {
          // nothing to bound
        }
      };

  /** How long the call may still take; zero or less if its time has passed. */
  Duration left();

  /**
   * Bounds the wait for the next answer.
   *
   * @throws SQLTimeoutException if the time has passed
   */
  void arm(Connection connection) throws SQLException;

  /** Ends a call after a time, by the connection's network time-out: no round trip. */
  static Deadline after(Duration timeout) {
    long end = System.nanoTime() + timeout.toNanos();
    return new Deadline() {
      @Override
      public Duration left() {
        return Duration.ofNanos(end - System.nanoTime());
      }

      @Override
      public void arm(Connection connection) throws SQLException {
        Duration left = left();
        if (left.isNegative() || left.isZero()) {
          throw new SQLTimeoutException("the request time-out has passed");
        }
        connection.setNetworkTimeout(
            Runnable::run, (int) Math.min(Integer.MAX_VALUE, left.toMillis() + 1));
      }
    };
  }
}
