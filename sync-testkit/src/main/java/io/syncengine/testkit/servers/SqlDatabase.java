// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;

/**
 * An empty database of one test on a real MySQL or MariaDB server, with a user who may do
 * everything in it and nothing elsewhere. The server is shared by the tests of this JVM: what is
 * done to it is undone before the next test.
 *
 * <p>For any thread.
 *
 * @since 0.1
 */
public final class SqlDatabase {
  private final SqlServer server;
  private final String name;
  private final String password = Accounts.newPassword();

  SqlDatabase(SqlServer server) {
    this.server = server;
    this.name = "sync_" + server.nextDatabase();
    create();
    server.execute(
        List.of(
            "CREATE USER '" + name + "'@'%' IDENTIFIED BY '" + password + "'",
            "GRANT ALL ON `" + name.replace("_", "\\_") + "`.* TO '" + name + "'@'%'"));
  }

  /**
   * The product.
   *
   * @return {@code MySQL} or {@code MariaDB}
   */
  public String product() {
    return server.product().title();
  }

  /**
   * The server's version, as it says itself.
   *
   * @return as {@code 8.0.31} or {@code 11.4.5-MariaDB}
   */
  public String version() {
    return server.version();
  }

  /**
   * Where the server listens.
   *
   * @return an address of this machine
   */
  public String host() {
    return "127.0.0.1";
  }

  /**
   * The server's port.
   *
   * @return the same over restarts
   */
  public int port() {
    return server.port();
  }

  /**
   * The database's name.
   *
   * @return a name that needs no quotes in SQL
   */
  public String database() {
    return name;
  }

  /**
   * The user of this database.
   *
   * @return a name that needs no quotes in SQL
   */
  public String user() {
    return name;
  }

  /**
   * The user's password; has characters that must be escaped in a URL.
   *
   * @return the password
   */
  public String password() {
    return password;
  }

  /**
   * The database as users write it, with the user and the escaped password in it, for a connection
   * without TLS.
   *
   * @return as {@code mysql://user:p%40ss@127.0.0.1:3306/sync_1?sslMode=DISABLED&…}
   */
  public String url() {
    return url(port());
  }

  /**
   * The same by way of another port of this machine.
   *
   * @param port as that of a {@link FaultProxy} to this server
   * @return as {@link #url()}
   */
  public String url(int port) {
    return server.product().title().toLowerCase(Locale.ROOT)
        + "://"
        + user()
        + ":"
        + URLEncoder.encode(password, StandardCharsets.UTF_8)
        + "@"
        + host()
        + ":"
        + port
        + "/"
        + name
        + "?"
        + SqlServer.PLAIN;
  }

  /**
   * The URL for JDBC, without user and password, for the driver of the product's makers or for the
   * other if only that is on the class path.
   *
   * @return as {@code jdbc:mysql://127.0.0.1:3306/sync_1?sslMode=DISABLED&…}
   */
  public String jdbcUrl() {
    return jdbcUrl(server.driver());
  }

  /**
   * The same by way of another port of this machine.
   *
   * @param port as that of a {@link FaultProxy} to this server
   * @return as {@link #jdbcUrl()}
   */
  public String jdbcUrl(int port) {
    return server.driver().url(port, name);
  }

  /**
   * The URL for JDBC, without user and password, for one driver.
   *
   * @param driver the driver that is to be used; need not be present
   * @return as {@code jdbc:mariadb://127.0.0.1:3306/sync_1?sslMode=DISABLED&…}
   */
  public String jdbcUrl(JdbcDriver driver) {
    return driver.url(port(), name);
  }

  /**
   * Connects as {@link #user()}; gives up after 10 s, and on an answer after 60 s.
   *
   * @return a connection, the caller's to close
   * @throws SQLException if the server is not there
   */
  public Connection connect() throws SQLException {
    return SqlServer.connect(jdbcUrl(), user(), password);
  }

  /**
   * Connects as an account that may do everything on the server, as to make other users or to set
   * global variables. What is changed outside the database stays for the other tests of this JVM.
   *
   * @return a connection without a database, the caller's to close
   * @throws SQLException if the server is not there
   */
  public Connection connectAsAdmin() throws SQLException {
    return server.connectAsAdmin();
  }

  /** Kills the server (SIGKILL); it is gone when this returns. Does nothing if it is gone. */
  public void kill() {
    server.kill();
  }

  /** Stops the server (SIGSTOP): connections stay open, connecting works, nobody gets an answer. */
  public void pause() {
    server.pause();
  }

  /** Lets a paused server go on (SIGCONT). */
  public void resume() {
    server.resume();
  }

  /**
   * Kills the server, if it runs, and starts it again on the same port and data. It is ready when
   * this returns.
   *
   * @throws java.io.UncheckedIOException if it does not become ready; has the end of its log
   */
  public void restart() {
    server.restart();
  }

  /** Empties the database: drops it, with all that is in it, and makes it again. */
  public void wipe() {
    server.execute(List.of("DROP DATABASE `" + name + "`"));
    create();
  }

  /** Undoes what the test has done to the server. */
  void heal() {
    server.heal();
  }

  /** Drops database and user. */
  void drop() {
    server.execute(
        List.of("DROP DATABASE IF EXISTS `" + name + "`", "DROP USER '" + name + "'@'%'"));
  }

  private void create() {
    server.execute(List.of("CREATE DATABASE `" + name + "`"));
  }

  @Override
  public String toString() {
    return product() + " " + version() + ", database " + name;
  }
}
