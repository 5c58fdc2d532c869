// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.time.Duration;

/**
 * A connection for each read, opened in whichever way the file allows at that moment. While nobody
 * has the file open for writing it is read as immutable, by which SQLite makes no side files and
 * takes no locks; as soon as somebody has, it is read in the usual way. A writer that comes in the
 * middle of an immutable read makes that read fail, retryable.
 */
final class FreshConnections implements Connections {
  private final SqliteFile file;
  private final Duration timeout;

  FreshConnections(SqliteFile file, Duration timeout) {
    this.file = file;
    this.timeout = timeout;
  }

  @Override
  public Session read() throws SQLException {
    if (!file.atRest()) {
      Connection connection = open(SqliteConnections.Use.READ_ONLY);
      return Session.onlyUseOf(connection);
    }
    String before = state();
    Connection connection = open(SqliteConnections.Use.IMMUTABLE);
    return new Session(
        connection,
        Long.MAX_VALUE,
        Deadline.NONE,
        clean -> {
          connection.close();
          if (!file.atRest() || !before.equals(state())) {
            throw new SQLTransientException("a writer came in the middle of the read");
          }
        });
  }

  private Connection open(SqliteConnections.Use use) throws SQLException {
    return new SqliteConnections(file, use, timeout).getConnection();
  }

  private String state() throws SQLException {
    try {
      return file.state();
    } catch (IOException e) {
      throw new SQLTransientException("the database file cannot be seen", e);
    }
  }

  @Override
  public Session write() throws SQLException {
    throw new SQLException("open for reading only");
  }

  @Override
  public void close() {
    // nothing is kept
  }
}
