// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.spi.TierConfig;
import io.syncengine.spi.TierInfo;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** A SQLite file that this tier opens itself. */
final class SqliteTarget implements Target {
  private static final long LOCK_PAUSE_NANOS = 5_000_000;

  private final SqliteFile file;
  private final Dialect dialect;

  SqliteTarget(Path path, Dialect dialect) {
    this.file = new SqliteFile(path);
    this.dialect = dialect;
  }

  @Override
  public Database open(TierConfig config) {
    Failures failures = new Failures(config.tierName(), dialect);
    String subject = "SQLite file " + file.path();
    try {
      Tables tables = Tables.of(config.namespace());
      Schema schema = new Schema(dialect, tables, dialect.migrations(tables));
      return config.readOnly()
          ? openToRead(config, tables, schema, failures)
          : openToWrite(config, tables, schema, failures);
    } catch (Refusal e) {
      throw failures.refused(subject, e);
    } catch (SQLException e) {
      throw failures.onOpen(subject, e);
    }
  }

  private Database openToWrite(TierConfig config, Tables tables, Schema schema, Failures failures)
      throws SQLException, Refusal {
    PoolOptions options = PoolOptions.of(config, false);
    file.create();
    file.remember();
    SqliteConnections reading = connections(SqliteConnections.Use.READ, config);
    SqliteConnections writing = connections(SqliteConnections.Use.WRITE, config);
    Map<String, String> meta;
    // First a look that writes nothing: journal_mode is kept in the file.
    try (Session session = Session.onlyUseOf(reading.getConnection())) {
      meta = schema.look(session, config.versionMode());
    }
    String version;
    try (Session session = Session.onlyUseOf(writing.getConnection())) {
      switchToWal(session.connection(), config);
      if (!schema.upToDate(meta)) {
        meta = schema.migrate(session, config.versionMode());
      }
      version = session.connection().getMetaData().getDatabaseProductVersion();
    }
    Connections pools =
        new PooledConnections(
            dialect,
            options,
            new PooledConnections.Sources(reading, null, writing),
            file::requireInPlace);
    return Database.of(dialect, tables, pools, info(meta, version), failures);
  }

  private Database openToRead(TierConfig config, Tables tables, Schema schema, Failures failures)
      throws SQLException, Refusal {
    PoolOptions options = PoolOptions.of(config, false);
    file.requireReadable();
    boolean atRest = file.atRest();
    FreshConnections fresh = new FreshConnections(file, config.requestTimeout());
    Map<String, String> meta;
    String version;
    try (Session session = fresh.read()) {
      meta = schema.look(session, config.versionMode());
      version = session.connection().getMetaData().getDatabaseProductVersion();
    }
    if (meta.isEmpty()) {
      throw Schema.missing();
    }
    Connections connections =
        atRest
            ? fresh
            : new PooledConnections(
                dialect,
                options,
                new PooledConnections.Sources(
                    connections(SqliteConnections.Use.READ_ONLY, config), null, null),
                () -> {});
    return Database.of(dialect, tables, connections, info(meta, version), failures);
  }

  private SqliteConnections connections(SqliteConnections.Use use, TierConfig config) {
    return new SqliteConnections(file, use, config.requestTimeout());
  }

  private TierInfo info(Map<String, String> meta, String version) {
    return new TierInfo(Meta.databaseId(meta), dialect.name() + " " + version);
  }

  /** SQLite calls no busy handler for this pragma, so that several openers have to take turns. */
  private void switchToWal(Connection connection, TierConfig config) throws SQLException {
    long end = System.nanoTime() + config.requestTimeout().toNanos();
    while (true) {
      try {
        if ("wal".equals(SqliteConnections.pragma(connection, "journal_mode"))
            || "wal".equals(SqliteConnections.pragma(connection, "journal_mode = WAL"))) {
          return;
        }
        throw new SQLException("the file cannot be switched to journal_mode=WAL");
      } catch (SQLException e) {
        if (!SqliteDialect.busy(e) || System.nanoTime() - end >= 0) {
          throw e;
        }
        LockSupport.parkNanos(LOCK_PAUSE_NANOS);
      }
    }
  }
}
