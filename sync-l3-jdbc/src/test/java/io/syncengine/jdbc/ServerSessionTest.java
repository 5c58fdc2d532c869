// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import static io.syncengine.testkit.Entries.tombstone;
import static io.syncengine.testkit.Entries.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.syncengine.spi.ChangeRow;
import io.syncengine.spi.Entry;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.IdRange;
import io.syncengine.testkit.CrashPoints;
import io.syncengine.testkit.Entries;
import io.syncengine.testkit.servers.JdbcDriver;
import io.syncengine.testkit.servers.SqlServerExtension;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What sessions are set to: ours for good, an application's for the time of a call. */
class ServerSessionTest {
  @Nested
  class OnMySql extends Clauses {
    OnMySql() {
      super(SqlServerExtension.mysql());
    }

    @ParameterizedTest
    @ValueSource(strings = {"mysql", "mariadb"})
    void aReadersStatementsEndInTime(String driver) throws SQLException {
      assertThat(ours(driver, false, "max_execution_time"))
          .containsEntry("max_execution_time", "3500");
    }
  }

  @Nested
  class OnMariaDb extends Clauses {
    OnMariaDb() {
      super(SqlServerExtension.mariadb());
    }

    @ParameterizedTest
    @ValueSource(strings = {"mysql", "mariadb"})
    void aReadersStatementsEndInTimeAndAnIdleTransactionToo(String driver) throws SQLException {
      assertThat(
              Double.parseDouble(
                  ours(driver, false, "max_statement_time").get("max_statement_time")))
          .isEqualTo(3.5);
      assertThat(ours(driver, true, "idle_transaction_timeout"))
          .containsEntry("idle_transaction_timeout", "3");
    }
  }

  abstract static class Clauses extends ServerClauses {
    private HikariDataSource pool;

    Clauses(SqlServerExtension server) {
      super(server);
    }

    @AfterEach
    void closePool() {
      if (pool != null) {
        pool.close();
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mysql", "mariadb"})
    void oursAreStrictShortOfPatienceAndReadCommitted(String driver) throws SQLException {
      for (boolean writing : new boolean[] {true, false}) {
        assertThat(
                ours(driver, writing, "sql_mode", "innodb_lock_wait_timeout", "lock_wait_timeout"))
            .isEqualTo(
                Map.of(
                    "sql_mode", "STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION",
                    "innodb_lock_wait_timeout", "1",
                    "lock_wait_timeout", "1",
                    "isolation", Integer.toString(Connection.TRANSACTION_READ_COMMITTED)));
      }
      assertThat(ours(driver, true, "wait_timeout")).containsEntry("wait_timeout", "10");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mysql", "mariadb"})
    void eitherDriverServesEveryCall(String driver) {
      JdbcTier tier = db.open(db.config.withProperties(Map.of(ServerDriver.KEY, driver)));
      for (long version = 1; version <= 3; version++) {
        tier.apply(
            List.of(value("a", version, "x"), value("b", version, ""), tombstone("c", version)));
      }

      assertThat(tier.load(List.of("a", "b", "c", "d")).found()).containsOnlyKeys("a", "b", "c");
      assertThat(tier.load(List.of("d")).found()).isEmpty();
      assertThat(tier.scan(new IdRange("a", "c"), "a", 9))
          .extracting(Entry::id)
          .containsExactly("b");
      assertThat(tier.poll(2, 9).rows()).extracting(ChangeRow::sequence).containsExactly(2L, 3L);
      assertThat(tier.purge(Entries.ACCEPTED_AT + 1, 9)).isEqualTo(1);
      assertThat(tier.horizonMillis()).isEqualTo(Entries.ACCEPTED_AT + 1);
    }

    /** The settings of a session of a tier with a time-out of 3.5 s. */
    final Map<String, String> ours(String driver, boolean writing, String... names)
        throws SQLException {
      Database database =
          new MySqlTarget(MySqlUrl.of(db.config.url()))
              .open(
                  db.config
                      .withRequestTimeout(Duration.ofMillis(3500))
                      .withProperties(Map.of(ServerDriver.KEY, driver)));
      try (Session session =
          writing ? database.connections().write() : database.connections().follow()) {
        Connection c = session.connection();
        assertThat(c.getClass().getName())
            .contains(driver.equals("mysql") ? ".mysql." : ".mariadb.");
        assertThat(c.getNetworkTimeout()).isBetween(1, 3501);
        Map<String, String> values = variables(c, names);
        values.put("isolation", Integer.toString(c.getTransactionIsolation()));
        if (names.length < 3) {
          values.remove("isolation");
        }
        return values;
      } finally {
        database.connections().close();
      }
    }

    private static Map<String, String> variables(Connection c, String... names)
        throws SQLException {
      Map<String, String> values = new TreeMap<>();
      for (String name : names) {
        values.put(name, ServerFixture.query(c, "SELECT @@SESSION." + name).get(0));
      }
      return values;
    }

    @ParameterizedTest
    @EnumSource(JdbcDriver.class)
    void anApplicationsConnectionComesBackAsItWas(JdbcDriver driver) throws SQLException {
      pool = pool(driver, "");
      Map<String, String> before = state();
      JdbcTier tier = JdbcTier.over(pool);
      tier.open(db.config.withUrl(null));
      tier.apply(List.of(value("a", 1, "x")));
      assertThat(tier.load(List.of("a")).found()).hasSize(1);
      tier.close();

      assertThat(state()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource(JdbcDriver.class)
    void alsoAfterAWriteThatBroke(JdbcDriver driver) throws SQLException {
      pool = pool(driver, "");
      Map<String, String> before = state();
      CrashPoints points = new CrashPoints();
      JdbcTier tier = JdbcTier.over(pool);
      tier.open(db.config.withUrl(null).withFailPoints(points));
      points.throwAt(FailPoint.TIER_COMMIT, 1, IllegalStateException::new);

      assertThatThrownBy(() -> tier.apply(List.of(value("a", 1, "x"))))
          .isInstanceOf(IllegalStateException.class);

      assertThat(state()).isEqualTo(before);
      assertThat(tier.load(List.of("a")).found()).isEmpty();
      assertThat(tier.apply(List.of(value("a", 1, "x"))).row().sequence()).isEqualTo(1);
      tier.close();
    }

    @Test
    void aBorrowedSessionIsSetUpWhileItWrites() throws SQLException {
      pool = pool(JdbcDriver.CONNECTOR_J, "");
      BorrowedConnections connections =
          new BorrowedConnections(pool, db.dialect, Duration.ofMillis(3500));
      try (Session session = connections.write()) {
        Connection c = session.connection();
        assertThat(variables(c, "sql_mode", "innodb_lock_wait_timeout", "wait_timeout"))
            .isEqualTo(
                Map.of(
                    "sql_mode", "STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION",
                    "innodb_lock_wait_timeout", "1",
                    "wait_timeout", "10"));
        assertThat(c.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
        assertThat(c.getAutoCommit()).isTrue();
      }
    }

    /** The application talks Latin-1 and escapes no backslashes; what is stored is the same. */
    @Test
    void neitherTheCharacterSetNorTheQuotesOfAnApplicationMatter() {
      pool =
          pool(
              JdbcDriver.CONNECTOR_J,
              "&characterEncoding=ISO-8859-1&sessionVariables=sql_mode='NO_BACKSLASH_ESCAPES'");
      JdbcTier tier = JdbcTier.over(pool);
      tier.open(db.config.withUrl(null));
      List<Entry> entries =
          List.of(
              value("a\\'\"", 1, "\\'\"\u20ac"),
              value("\u20ac\ud83d\ude00", 1, "x").toBuilder().origin("\u20ac").build());
      tier.apply(entries);
      tier.close();

      JdbcTier own = db.open();
      for (Entry e : entries) {
        Entry stored = own.load(List.of(e.id())).found().get(e.id());
        assertThat(stored.content()).isEqualTo(e.content());
        assertThat(stored.origin()).isEqualTo(e.origin());
        assertThat(own.load(List.of(e.id(), "other")).found()).containsOnlyKeys(e.id());
      }
    }

    @Test
    void anApplicationThatReadsUncommittedDataIsRefused() {
      pool = pool(JdbcDriver.MARIADB, "");
      pool.close();
      HikariConfig config = new HikariConfig();
      pool.copyStateTo(config);
      config.setTransactionIsolation("TRANSACTION_READ_UNCOMMITTED");
      pool = new HikariDataSource(config);
      JdbcTier tier = JdbcTier.over(pool);

      assertThatThrownBy(() -> tier.open(db.config.withUrl(null)))
          .hasMessageContaining("read what is not committed");
    }

    @Test
    void theServersClockIsTold() {
      JdbcTier tier = db.open();
      db.sql("SET time_zone = '+13:00'");

      assertThat(tier.serverTimeMillis().orElseThrow())
          .isCloseTo(System.currentTimeMillis(), within(60_000L));
    }

    /** As an application might have it: no auto-commit, repeatable reads, a patient session. */
    private HikariDataSource pool(JdbcDriver driver, String options) {
      HikariConfig config = new HikariConfig();
      config.setJdbcUrl(db.database.jdbcUrl(driver) + options);
      config.setUsername(db.database.user());
      config.setPassword(db.database.password());
      config.setMaximumPoolSize(1);
      config.setAutoCommit(false);
      config.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
      config.setConnectionInitSql("SET SESSION innodb_lock_wait_timeout = 77");
      return new HikariDataSource(config);
    }

    private Map<String, String> state() throws SQLException {
      try (Connection c = pool.getConnection()) {
        Map<String, String> state =
            variables(
                c, "sql_mode", "innodb_lock_wait_timeout", "lock_wait_timeout", "wait_timeout");
        state.put("autocommit", Boolean.toString(c.getAutoCommit()));
        state.put("isolation", Integer.toString(c.getTransactionIsolation()));
        state.put("network", Integer.toString(c.getNetworkTimeout()));
        return state;
      }
    }
  }
}
