// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * Opens connections to one server, with the session set up for one use. Not a pool. Has secrets: no
 * toString.
 */
final class MySqlConnections implements DataSource {
  private final ServerDriver.Found driver;
  private final String url;
  private final Properties properties;
  private final SessionSettings settings;

  /**
   * Makes a source.
   *
   * @param settings null for a session as the server gives it
   */
  MySqlConnections(
      ServerDriver.Found driver, String url, Properties properties, SessionSettings settings) {
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

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException("the user is that of the URL");
  }

  @Override
  public PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(PrintWriter out) {
    // nothing is logged
  }

  @Override
  public void setLoginTimeout(int seconds) {
    // connectTimeout bounds it, in milliseconds
  }

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("logs by SLF4J");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLException("wraps nothing");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
