// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.wal;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** The small values in the file. */
final class LogState {
  static final String NAMESPACE = "log.namespace";
  static final String CEILING = "log.ceiling";
  static final String NEXT_GROUP = "log.next_group";
  static final String SNAPSHOT_PAGES = "log.snapshot_pages";

  private static final String OWN = "log.";

  private LogState() {}

  /** Writes a value of the log's user. */
  static void put(LogConnection c, String key, String value) throws SQLException {
    if (key.startsWith(OWN)) {
      throw new IllegalArgumentException("keys that begin with 'log.' are the log's own");
    }
    write(c, key, value);
  }

  static void write(LogConnection c, String key, Object value) throws SQLException {
    PreparedStatement put =
        c.statement(
            "INSERT INTO state VALUES(?, ?) ON CONFLICT(key) DO UPDATE SET value=excluded.value");
    put.setString(1, key);
    put.setObject(2, value);
    put.executeUpdate();
  }

  static Optional<String> read(LogConnection c, String key) throws SQLException {
    PreparedStatement get = c.statement("SELECT value FROM state WHERE key=?");
    get.setString(1, key);
    try (ResultSet row = get.executeQuery()) {
      return row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty();
    }
  }

  static void remove(LogConnection c, String key) throws SQLException {
    PreparedStatement delete = c.statement("DELETE FROM state WHERE key=?");
    delete.setString(1, key);
    delete.executeUpdate();
  }

  static long number(LogConnection c, String key) throws SQLException {
    return read(c, key).map(Long::parseLong).orElse(0L);
  }
}
