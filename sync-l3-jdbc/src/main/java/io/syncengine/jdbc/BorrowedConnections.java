// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/**
 * Connections of a source that is not ours: given back as they came, the source never closed. How
 * long it makes a caller wait for a connection is its own setting.
 */
final class BorrowedConnections implements Connections {
  private final DataSource source;
  private final Dialect dialect;
  private final Duration timeout;

  BorrowedConnections(DataSource source, Dialect dialect, Duration timeout) {
    this.source = source;
    this.dialect = dialect;
    this.timeout = timeout;
  }

  @Override
  public Session read() throws SQLException {
    return borrow(false);
  }

  @Override
  public Session write() throws SQLException {
    return borrow(true);
  }

  private Session borrow(boolean writing) throws SQLException {
    Deadline deadline = dialect.deadline(timeout);
    Connection connection = source.getConnection();
    try {
      boolean autoCommit = connection.getAutoCommit();
      if (!autoCommit) {
        connection.setAutoCommit(true);
      }
      Dialect.Restore restore = dialect.prepareBorrowed(connection, writing, timeout);
      return new Session(
          connection,
          writing ? dialect.maxPacketBytes(connection) : 0,
          deadline,
          clean -> giveBack(connection, clean, restore, autoCommit));
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private static void giveBack(
      Connection connection, boolean clean, Dialect.Restore restore, boolean autoCommit)
      throws SQLException {
    try (connection) {
      if (connection.isClosed()) {
        return;
      }
      if (!clean && !connection.getAutoCommit()) {
        rollback(connection);
      }
      restore.run();
      connection.setAutoCommit(autoCommit);
    }
  }

  /** Leaves the connection in auto-commit mode with nothing written. */
  private static void rollback(Connection connection) throws SQLException {
    try {
      connection.rollback();
    } finally {
      connection.setAutoCommit(true);
    }
  }

  @Override
  public void close() {
    // not ours
  }
}
