// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import java.sql.SQLException;
import java.time.Duration;

/**
 * A connection a read, opened in whichever way the file allows at that moment. For reading a file
 * whose folder this process cannot write: while nobody has it open for writing SQLite can read it
 * only as immutable, and as soon as somebody has, it must not.
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
    SqliteConnections.Use use =
        file.needsImmutable() ? SqliteConnections.Use.IMMUTABLE : SqliteConnections.Use.READ_ONLY;
    return SqliteTarget.session(new SqliteConnections(file, use, timeout).getConnection());
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
