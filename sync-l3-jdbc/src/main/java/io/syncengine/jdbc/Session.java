// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A connection for the time of one call, for one thread. Closing it inside a transaction rolls
 * back.
 */
final class Session implements AutoCloseable {
  /** What to do with the connection in the end. */
  interface End {
    /**
     * Gives the connection back.
     *
     * @param clean false if a transaction is open in it or its state is not known
     */
    void give(boolean clean) throws SQLException;
  }

  private final Connection connection;
  // Statements that outlive the session; null if each is prepared anew.
  private final Map<String, PreparedStatement> kept;
  private final List<PreparedStatement> own = new ArrayList<>(0);
  private final End end;
  private boolean clean = true;

  Session(Connection connection, Map<String, PreparedStatement> kept, End end) {
    this.connection = connection;
    this.kept = kept;
    this.end = end;
  }

  Connection connection() {
    return connection;
  }

  /** A statement that is not to be closed, and to be used for one thing at a time. */
  PreparedStatement prepare(String sql) throws SQLException {
    if (kept == null) {
      PreparedStatement s = connection.prepareStatement(sql);
      own.add(s);
      return s;
    }
    PreparedStatement s = kept.get(sql);
    if (s == null) {
      s = connection.prepareStatement(sql);
      kept.put(sql, s);
    }
    return s;
  }

  /** Begins a transaction; on a writer's connection it takes what the database needs for that. */
  void begin() throws SQLException {
    clean = false;
    connection.setAutoCommit(false);
  }

  /** Commits. JDBC commits when auto-commit is set; commit() would begin the next one in SQLite. */
  void commit() throws SQLException {
    connection.setAutoCommit(true);
    clean = true;
  }

  @Override
  public void close() throws SQLException {
    try {
      for (PreparedStatement s : own) {
        s.close();
      }
    } finally {
      end.give(clean);
    }
  }
}
