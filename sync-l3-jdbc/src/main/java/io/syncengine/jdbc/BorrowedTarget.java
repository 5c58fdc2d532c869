// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

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
        throw new Refusal("the database has no dialect here; use SQLite", null);
      }
      Tables tables = Tables.of(config.namespace());
      Schema schema = new Schema(dialect, tables, dialect.migrations(tables));
      BorrowedConnections connections =
          new BorrowedConnections(source, dialect, config.requestTimeout());
      Map<String, String> meta = meta(connections, schema, config);
      TierInfo info = new TierInfo(meta.get(Meta.DATABASE_ID), product + ", " + SUBJECT);
      return Database.of(dialect, tables, connections, info, !config.readOnly(), failures);
    } catch (Refusal e) {
      throw failures.refused(SUBJECT, e);
    } catch (SQLException e) {
      throw failures.onOpen(SUBJECT, e);
    }
  }

  private static Map<String, String> meta(Connections connections, Schema schema, TierConfig config)
      throws SQLException, Refusal {
    Map<String, String> meta;
    try (Session session = connections.read()) {
      meta = schema.look(session, config.versionMode());
    }
    if (config.readOnly()) {
      if (meta.isEmpty()) {
        throw Schema.missing();
      }
      return meta;
    }
    if (schema.upToDate(meta)) {
      return meta;
    }
    try (Session session = connections.write()) {
      return schema.migrate(session, config.versionMode());
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
