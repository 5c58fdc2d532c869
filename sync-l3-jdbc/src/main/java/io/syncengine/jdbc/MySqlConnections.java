// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections to one server, with the session set up for one use. Has secrets: no toString.
 */
final class MySqlConnections extends ConnectionSource {
  private final ServerDriver.Found driver;
  private final String url;
  private final Properties properties;
  private final @Nullable SessionSettings settings;

  /**
   * Makes a source.
   *
   * @param settings null for a session as the server gives it
   */
  MySqlConnections(
      ServerDriver.Found driver,
      String url,
      Properties properties,
      @Nullable SessionSettings settings) {
    this.driver = driver;
    this.url = url;
    this.properties = properties;
    this.settings = settings;
  }

  @Override
  public Connection getConnection() throws SQLException {
    Properties copy = new Properties();
    copy.putAll(properties);
    Connection connection = driver.driver().connect(url, copy);
    if (connection == null) {
      throw new SQLException("the driver does not take the URL");
    }
    try {
      if (settings != null) {
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        try (Statement s = connection.createStatement()) {
          s.execute(settings.set());
        }
      }
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }
}
