// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a test gets of a server, for each product. */
abstract class SqlServerContract {
  @RegisterExtension final SqlServerExtension server = newExtension();
  @RegisterExtension final SqlServerExtension neighbour = newExtension();

  @RegisterExtension
  final SqlServerExtension other = newExtension().withOptions("--max-connections=60");

  abstract SqlServerExtension newExtension();

  @Test
  void aDatabaseIsEmptyAndItsUserMayDoEverythingInIt() throws SQLException {
    assertThat(tables()).isZero();

    run("CREATE TABLE t (a INT)", "INSERT INTO t VALUES (1)", "ALTER TABLE t ADD b INT");

    assertThat(number("SELECT COUNT(*) FROM t")).isOne();
  }

  @Test
  void databasesOfOneServerSeeNothingOfEachOther() throws SQLException {
    run("CREATE TABLE t (a INT)");

    assertThat(neighbour.database().port()).isEqualTo(server.database().port());
    assertThat(neighbour.database().database()).isNotEqualTo(server.database().database());
    assertThatThrownBy(() -> run("CREATE TABLE " + neighbour.database().database() + ".t (a INT)"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("denied");
  }

  @ParameterizedTest
  @EnumSource
  void bothDriversConnect(JdbcDriver driver) throws SQLException {
    SqlDatabase database = server.database();
    try (Connection connection =
        DriverManager.getConnection(
            database.jdbcUrl(driver), database.user(), database.password())) {
      assertThat(connection.getCatalog()).isEqualTo(database.database());
    }
  }

  @Test
  void theServerSaysWhatItIs() throws SQLException {
    SqlDatabase database = server.database();

    assertThat(database.version()).isEqualTo(text("SELECT VERSION()"));
    assertThat(database.version().contains("MariaDB"))
        .isEqualTo(database.product().equals("MariaDB"));
    assertThat(database.url())
        .startsWith(database.product().toLowerCase(Locale.ROOT) + "://")
        .doesNotContain(database.password());
    assertThat(database)
        .hasToString(
            database.product() + " " + database.version() + ", database " + database.database());
  }

  @Test
  void whatWasCommittedOutlivesAKillAndAStartOnTheSamePort() throws SQLException {
    run("CREATE TABLE t (a INT)", "INSERT INTO t VALUES (1)");
    int port = server.database().port();
    try (Connection open = server.database().connect()) {
      server.database().kill();

      assertThatThrownBy(() -> open.createStatement().execute("SELECT 1"))
          .isInstanceOf(SQLException.class);
    }
    assertThatThrownBy(() -> server.database().connect()).isInstanceOf(SQLException.class);

    server.database().restart();

    assertThat(server.database().port()).isEqualTo(port);
    assertThat(number("SELECT a FROM t")).isOne();
  }

  // A server that starts deletes the temporary tables that it finds, whoever has them open.
  @Test
  void aStartLeavesTheTemporaryTablesOfAnotherServerAlone() throws SQLException {
    try (Connection connection = server.database().connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TEMPORARY TABLE t (a INT) ENGINE=MyISAM");

      other.database().restart();

      statement.execute("INSERT INTO t VALUES (1)");
      statement.execute("DROP TEMPORARY TABLE t");
    }
  }

  @Test
  void aRestartEndsConnections() throws SQLException {
    try (Connection open = server.database().connect()) {
      server.database().restart();

      assertThat(open.isValid(10)).isFalse();
    }
    assertThat(tables()).isZero();
  }

  @Test
  void aPausedServerAnswersNobodyUntilItIsResumed() throws SQLException {
    try (Connection open = server.database().connect();
        Statement statement = open.createStatement()) {
      open.setNetworkTimeout(Runnable::run, (int) Duration.ofMillis(200).toMillis());
      server.database().pause();

      long start = System.nanoTime();
      assertThatThrownBy(() -> statement.execute("SELECT 1")).isInstanceOf(SQLException.class);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(150));
    }
    server.database().resume();

    assertThat(tables()).isZero();
  }

  @Test
  void whatATestDoesToTheServerIsUndoneForTheNext() throws SQLException {
    SqlDatabase database = server.database();
    database.pause();
    database.kill();

    database.heal();

    assertThat(tables()).isZero();
    database.pause();
    database.heal();
    assertThat(tables()).isZero();
  }

  @Test
  void aWipedDatabaseIsEmptyAndItsUserStillMayUseIt() throws SQLException {
    run("CREATE TABLE t (a INT)", "CREATE VIEW v AS SELECT a FROM t");

    server.database().wipe();

    assertThat(tables()).isZero();
    run("CREATE TABLE t (a INT)");
  }

  private long tables() throws SQLException {
    return number("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()");
  }

  private void run(String... statements) throws SQLException {
    try (Connection connection = server.database().connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private long number(String query) throws SQLException {
    return Long.parseLong(text(query));
  }

  private String text(String query) throws SQLException {
    try (Connection connection = server.database().connect();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      assertThat(result.next()).isTrue();
      return result.getString(1);
    }
  }
}
