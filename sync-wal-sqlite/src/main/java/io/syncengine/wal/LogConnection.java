// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.wal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/**
 * One SQLite connection with its prepared statements, each made once and used again.
 *
 * <p>Concurrency: for one thread at a time; {@link LogConnections} hands it out.
 */
final class LogConnection implements AutoCloseable {
  private final Connection connection;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();

  LogConnection(Connection connection) {
    this.connection = connection;
  }

  /** A statement for this text, which is a constant: what varies is bound. */
  PreparedStatement statement(String sql) throws SQLException {
    PreparedStatement known = prepared.get(sql);
    if (known == null) {
      known = connection.prepareStatement(sql);
      prepared.put(sql, known);
    }
    return known;
  }

  /** Runs a statement that has no parameters; what it returns is not looked at. */
  void execute(String sql) throws SQLException {
    PreparedStatement s = statement(sql);
    if (s.execute()) {
      s.getResultSet().close(); // an open one would keep later transactions from committing
    }
  }

  /** The first column of the first row as a number, or a default if there is no row, or null. */
  long number(String sql, long otherwise) throws SQLException {
    try (ResultSet row = statement(sql).executeQuery()) {
      if (!row.next()) {
        return otherwise;
      }
      long value = row.getLong(1);
      return row.wasNull() ? otherwise : value;
    }
  }

  /** Work between BEGIN and COMMIT. */
  @FunctionalInterface
  interface Steps<T> {
    T run() throws SQLException;
  }

  /** All of it or nothing; durable when this returns. */
  <T> T transaction(Steps<T> steps) throws SQLException {
    execute("BEGIN IMMEDIATE");
    try {
      T result = steps.run();
      execute("COMMIT");
      return result;
    } catch (SQLException | RuntimeException | Error e) {
      try {
        execute("ROLLBACK");
      } catch (SQLException alreadyRolledBack) {
        e.addSuppressed(alreadyRolledBack);
      }
      throw e;
    }
  }

  @Override
  public void close() {
    try {
      for (PreparedStatement s : prepared.values()) {
        s.close();
      }
      prepared.clear();
      connection.close();
    } catch (SQLException e) {
      // What was committed is on disk; a connection that cannot be closed can only be left.
    }
  }
}
