// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.spi.TierConfig;
import io.syncengine.spi.TierInfo;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
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
    Failures failures = new Failures(config.tierName(), new MySqlDialect());
    try {
      Product product = product();
      Dialect dialect = product.dialect();
      failures = new Failures(config.tierName(), dialect);
      Tables tables = Tables.of(config.namespace());
      Schema schema = new Schema(dialect, tables, dialect.migrations(tables));
      BorrowedConnections connections =
          new BorrowedConnections(source, dialect, config.requestTimeout());
      Map<String, String> meta = schema.prepare(connections, config);
      TierInfo info = new TierInfo(Meta.databaseId(meta), product.description() + ", " + SUBJECT);
      return Database.of(dialect, tables, connections, info, failures);
    } catch (Refusal e) {
      throw failures.refused(SUBJECT, e);
    } catch (SQLException e) {
      throw failures.onOpen(SUBJECT, e);
    }
  }

  private record Product(Dialect dialect, String description) {}

  /** What a driver calls itself does not tell MySQL from MariaDB. */
  private Product product() throws SQLException, Refusal {
    try (Connection connection = source.getConnection()) {
      DatabaseMetaData meta = connection.getMetaData();
      String name = meta.getDatabaseProductName();
      if (name.equals("SQLite")) {
        return new Product(new SqliteDialect(), name + " " + meta.getDatabaseProductVersion());
      }
      if (!name.equals("MySQL") && !name.equals("MariaDB")) {
        throw new Refusal("the database has no dialect here; use MySQL, MariaDB or SQLite", null);
      }
      ServerVersion version = ServerVersion.of(connection);
      return new Product(version.dialect(), version.description());
    }
  }
}
