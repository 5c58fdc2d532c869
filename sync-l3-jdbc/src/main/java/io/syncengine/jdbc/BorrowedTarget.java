// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.model.TierException;
import io.syncengine.spi.TierConfig;
import io.syncengine.spi.TierInfo;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;

/** A database that the application connects to. */
final class BorrowedTarget implements Target {
  private static final String SUBJECT = "the application's DataSource";

  private final DataSource source;

  BorrowedTarget(DataSource source) {
    this.source = source;
  }

  @Override
  public Database open(TierConfig config) {
    Dialect dialect = new SqliteDialect();
    Failures failures = new Failures(config.tierName(), dialect);
    try {
      String product = product();
      if (!product.startsWith("SQLite")) {
        throw new TierException(
            config.tierName(),
            "open",
            false,
            SUBJECT + " connects to a database without a dialect here; use SQLite",
            null);
      }
      Tables tables = Tables.of(config.namespace());
      Schema schema = new Schema(dialect, tables, dialect.migrations(tables));
      BorrowedConnections connections =
          new BorrowedConnections(source, dialect, config.requestTimeout());
      Map<String, String> meta;
      if (config.readOnly()) {
        try (Session session = connections.read()) {
          meta = schema.check(session, config.versionMode());
        }
        if (meta.isEmpty()) {
          throw new Refusal(
              "the database has no tables of this namespace; check the namespace, or open it for"
                  + " writing once",
              null);
        }
      } else {
        try (Session session = connections.write()) {
          meta = schema.migrate(session, config.versionMode());
        }
      }
      TierInfo info = new TierInfo(meta.get(Meta.DATABASE_ID), product + ", " + SUBJECT);
      return Database.of(dialect, tables, connections, info, !config.readOnly(), failures);
    } catch (Refusal e) {
      throw failures.refused(SUBJECT, e);
    } catch (SQLException e) {
      throw failures.onOpen(SUBJECT, e);
    }
  }

  private String product() throws SQLException {
    try (Connection connection = source.getConnection()) {
      return connection.getMetaData().getDatabaseProductName()
          + " "
          + connection.getMetaData().getDatabaseProductVersion();
    }
  }
}
