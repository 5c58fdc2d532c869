// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;

/** A MySQL or MariaDB server that has been started, with the account that may do everything. */
// Concurrency: one lock, held over what changes the server's state; a test may kill the server on
// another thread than its own.
final class SqlServer implements AutoCloseable {
  /** Options of a plain connection; both drivers know them by these names. */
  static final String PLAIN = "sslMode=DISABLED&allowPublicKeyRetrieval=true";

  private static final Duration START = Duration.ofSeconds(90);
  private static final Duration PAUSE = Duration.ofMillis(10);

  private final Product product;
  private final Source.Launchable server;
  private final JdbcDriver driver;
  private String version;
  private boolean paused;
  private int databases;

  private SqlServer(Product product, Source.Launchable server) {
    this.product = product;
    this.server = server;
    this.driver = JdbcDriver.of(product);
  }

  /** Starts one, and says so on standard output. */
  static SqlServer start(Product product, Source source, List<String> options)
      throws IOException, UnavailableException {
    long start = System.nanoTime();
    SqlServer server = new SqlServer(product, source.create(options));
    try {
      server.launch();
      server.version = server.askVersion();
    } catch (IOException | RuntimeException e) {
      server.close();
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
    return server.host().port();
  }

  JdbcDriver driver() {
    return driver;
  }

  /** A number that no other database of this server has. */
  synchronized int nextDatabase() {
    return ++databases;
  }

  synchronized void kill() {
    unchecked(() -> server.host().kill());
    paused = false;
  }

  synchronized void pause() {
    unchecked(() -> server.host().pause());
    paused = true;
  }

  synchronized void resume() {
    unchecked(() -> server.host().resume());
    paused = false;
  }

  synchronized void restart() {
    kill();
    unchecked(this::launch);
  }

  /** Makes it serve, whatever a test has done to it. */
  synchronized void heal() {
    if (!server.host().isRunning()) {
      unchecked(this::launch);
    } else if (paused) {
      resume();
    }
  }

  /** Connects as the account that may do everything. */
  Connection connectAsAdmin() throws SQLException {
    return connect(driver.url(port(), ""), Accounts.ADMIN, server.adminPassword());
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
      throw failure("does not do what a test needs", e);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    server.host().close();
  }

  private void launch() throws IOException {
    paused = false;
    server.host().start();
    long end = System.nanoTime() + START.toNanos();
    SQLException last = null;
    while (System.nanoTime() - end < 0 && server.host().isRunning()) {
      try (Connection connection = connectAsAdmin()) {
        if (connection.isValid(10)) {
          return;
        }
      } catch (SQLException e) {
        last = e;
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
    String what = server.host().isRunning() ? "is not ready after " + START : "ended at its start";
    throw new IOException(
        product.title() + " " + what + "; its log:\n" + server.host().log(), last);
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

  private IllegalStateException failure(String what, Exception cause) {
    return new IllegalStateException(
        product.title() + " " + what + "; its log:\n" + server.host().log(), cause);
  }

  private static void unchecked(Action action) {
    try {
      action.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private interface Action {
    void run() throws IOException;
  }
}
