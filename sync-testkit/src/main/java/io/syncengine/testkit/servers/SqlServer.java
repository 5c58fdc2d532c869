// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;

/** A MySQL or MariaDB server that has been started, with the account that may do everything. */
// Concurrency: `databases` is the monitor's.
final class SqlServer implements Shared {
  /** Options of a plain connection; both drivers know them by these names. */
  static final String PLAIN = "sslMode=DISABLED&allowPublicKeyRetrieval=true";

  private final Product product;
  private final String adminPassword;
  private final JdbcDriver driver;
  private final Instance instance;
  private String version = "not asked yet";
  private int databases;

  private SqlServer(Product product, Source.Launchable server) {
    this.product = product;
    this.adminPassword = server.adminPassword();
    this.driver = JdbcDriver.of(product);
    this.instance = new Instance(product.title(), server.host(), this::askWhetherReady);
  }

  /** Starts one, and says so on standard output. */
  static SqlServer start(Product product, Source source, List<String> options)
      throws IOException, UnavailableException {
    long start = System.nanoTime();
    SqlServer server = new SqlServer(product, source.create(options));
    try {
      server.instance.launch();
      server.version = server.askVersion();
    } catch (IOException | RuntimeException e) {
      Closing.after(e, server);
      throw e;
    }
    System.out.println(
        String.format(
            "%s %s (%s) is up on port %d after %.1f s",
            product.title(),
            server.version,
            source.origin(),
            server.port(),
            (System.nanoTime() - start) / 1e9));
    return server;
  }

  Product product() {
    return product;
  }

  String version() {
    return version;
  }

  int port() {
    return instance.port();
  }

  JdbcDriver driver() {
    return driver;
  }

  /** A number that no other database of this server has. */
  synchronized int nextDatabase() {
    return ++databases;
  }

  void kill() {
    instance.kill();
  }

  void pause() {
    instance.pause();
  }

  void resume() {
    instance.resume();
  }

  void restart() {
    instance.restart();
  }

  @Override
  public void heal() {
    instance.heal();
  }

  /** Connects as the account that may do everything. */
  Connection connectAsAdmin() throws SQLException {
    return connect(driver.url(port(), ""), Accounts.ADMIN, adminPassword);
  }

  /** Connects with time-outs, so that a paused server hangs nobody for ever. */
  static Connection connect(String url, String user, String password) throws SQLException {
    Properties properties = new Properties();
    properties.put("user", user);
    properties.put("password", password);
    properties.put("connectTimeout", "10000");
    properties.put("socketTimeout", "60000");
    return DriverManager.getConnection(url, properties);
  }

  /** Runs statements as the account that may do everything. */
  void execute(List<String> statements) {
    try (Connection connection = connectAsAdmin();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(
          product.title() + " does not do what a test needs; its log:\n" + instance.log(), e);
    }
  }

  @Override
  public void close() throws IOException {
    instance.close();
  }

  private void askWhetherReady() throws SQLException {
    try (Connection connection = connectAsAdmin()) {
      if (!connection.isValid(10)) {
        throw new SQLException("a new connection is not valid");
      }
    }
  }

  private String askVersion() throws IOException {
    try (Connection connection = connectAsAdmin();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT VERSION()")) {
      result.next();
      return result.getString(1);
    } catch (SQLException e) {
      throw new IOException(product.title() + " does not say its version", e);
    }
  }
}
