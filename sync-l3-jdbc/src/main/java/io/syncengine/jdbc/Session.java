// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
  private final @Nullable KeptStatements kept;
  private final List<PreparedStatement> own = new ArrayList<>(0);
  private final long maxPacketBytes;
  private final Deadline deadline;
  private final End end;
  private boolean clean = true;

  /** A session on a pooled connection. */
  Session(Connection connection, KeptStatements kept, Deadline deadline, End end) {
    this.connection = connection;
    this.kept = kept;
    this.maxPacketBytes = kept.maxPacketBytes();
    this.deadline = deadline;
    this.end = end;
  }

  /** A session whose statements end with it. */
  Session(Connection connection, long maxPacketBytes, Deadline deadline, End end) {
    this.connection = connection;
    this.kept = null;
    this.maxPacketBytes = maxPacketBytes;
    this.deadline = deadline;
    this.end = end;
  }

  /** A session with one connection to a database in this process. */
  static Session onlyUseOf(Connection connection) {
    return new Session(connection, Long.MAX_VALUE, Deadline.NONE, clean -> connection.close());
  }

  Connection connection() {
    return connection;
  }

  /** The largest statement that the database takes, in bytes. */
  long maxPacketBytes() {
    return maxPacketBytes;
  }

  /** How long the call may still take. */
  Duration left() {
    return deadline.left();
  }

  /** A statement that is not to be closed, and to be used for one thing at a time. */
  PreparedStatement prepare(String sql) throws SQLException {
    deadline.arm(connection);
    return kept == null ? prepareOwn(sql) : kept.prepare(connection, sql);
  }

  /** The same for a text of which there are many, so that not each is kept. */
  PreparedStatement preparePassing(String sql) throws SQLException {
    deadline.arm(connection);
    return kept == null ? prepareOwn(sql) : kept.preparePassing(connection, sql);
  }

  private PreparedStatement prepareOwn(String sql) throws SQLException {
    PreparedStatement s = connection.prepareStatement(sql);
    own.add(s);
    return s;
  }

  /** Begins a transaction; on a writer's connection it takes what the database needs for that. */
  void begin() throws SQLException {
    clean = false;
    deadline.arm(connection);
    connection.setAutoCommit(false);
  }

  /** Commits. JDBC commits when auto-commit is set; commit() would begin the next one in SQLite. */
  void commit() throws SQLException {
    deadline.arm(connection);
    connection.setAutoCommit(true);
    clean = true;
  }

  /** Undoes the transaction, so that another can begin. */
  void rollback() throws SQLException {
    deadline.arm(connection);
    connection.rollback();
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
