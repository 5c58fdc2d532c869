// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** Stands for SQLite's own shell, which is not on every machine: {@code sqlite3 FILE SQL}. */
final class SqliteShell {
  private SqliteShell() {}

  public static void main(String[] args) throws SQLException {
    try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + args[0])) {
      StoreInspector.execute(c, args[1]);
    }
  }
}
