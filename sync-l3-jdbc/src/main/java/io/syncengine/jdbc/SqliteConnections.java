// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;

/**
 * Opens connections to one SQLite file; the only owner of pragmas. Never makes the file: SQLite
 * would give it another mode than 0600.
 */
final class SqliteConnections extends ConnectionSource {
  /** The value of {@code PRAGMA synchronous} at FULL. */
  static final int SYNCHRONOUS_FULL = 2;

  /** How a connection is used. */
  enum Use {
    /** Writes; each transaction takes the write lock when it begins. */
    WRITE,
    /** Reads, in a process that may write. */
    READ,
    /** Reads, and neither file nor side files are changed by this process. */
    READ_ONLY,
    /** As {@link #READ_ONLY}, for a file that nobody writes: SQLite looks for no side files. */
    IMMUTABLE
  }

  private final SqliteFile file;
  private final Use use;
  private final Duration timeout;

  SqliteConnections(SqliteFile file, Use use, Duration timeout) {
    this.file = file;
    this.use = use;
    this.timeout = timeout;
  }

  @Override
  public Connection getConnection() throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    // Set by the driver as soon as the file is open, before any other pragma can meet a lock.
    config.setBusyTimeout(SqliteDialect.millis(timeout));
    config.resetOpenMode(SQLiteOpenMode.CREATE);
    if (readOnly()) {
      config.setReadOnly(true);
    }
    if (use == Use.WRITE) {
      config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
    }
    Connection connection = config.createConnection(url(file.path()));
    try (Statement s = connection.createStatement()) {
      if (use == Use.WRITE) {
        s.execute("PRAGMA synchronous = FULL");
        // 16 MiB of log, 8 MiB of pages: 10 to 20 % more than the defaults at batches of 1,000.
        s.execute("PRAGMA wal_autocheckpoint = 4000");
        s.execute("PRAGMA journal_size_limit = 67108864");
        s.execute("PRAGMA cache_size = -8192");
      } else {
        s.execute("PRAGMA query_only = ON");
      }
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  boolean readOnly() {
    return use == Use.READ_ONLY || use == Use.IMMUTABLE;
  }

  /** A file URI, so that no character of a path is taken for an option. */
  private String url(Path path) {
    return "jdbc:sqlite:" + path.toUri() + (use == Use.IMMUTABLE ? "?immutable=1" : "");
  }

  /** Reads a pragma, null if SQLite has no such; the name is one of ours. */
  static @Nullable String pragma(Connection connection, String name) throws SQLException {
    try (Statement s = connection.createStatement();
        ResultSet rs = s.executeQuery("PRAGMA " + name)) {
      return rs.next() ? rs.getString(1) : null;
    }
  }

  /** Sets how far a commit goes to the disk; outside of transactions only. */
  static void synchronous(Connection connection, int level) throws SQLException {
    try (Statement s = connection.createStatement()) {
      s.execute("PRAGMA synchronous = " + level);
    }
  }
}
