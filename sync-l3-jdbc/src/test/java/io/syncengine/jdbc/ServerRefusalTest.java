// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.model.TierException;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.model.VersionMode;
import io.syncengine.testkit.TestTierConfig;
import io.syncengine.testkit.servers.SqlServerExtension;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot be opened: one line that says what and what to do, and nothing is written. */
class ServerRefusalTest {
  @Nested
  class OnMySql extends Clauses {
    OnMySql() {
      super(SqlServerExtension.mysql());
    }
  }

  @Nested
  class OnMariaDb extends Clauses {
    OnMariaDb() {
      super(SqlServerExtension.mariadb());
    }

    /** This server has TLS switched off. */
    @ParameterizedTest
    @ValueSource(strings = {"mysql", "mariadb"})
    void tlsToAServerWithoutIt(String driver) {
      TestTierConfig config = with(driver, url().replace("sslMode=DISABLED", "sslMode=REQUIRED"));

      assertRefused(config, "asks for TLS, which the server does not offer", "sslMode=DISABLED");
    }
  }

  /** Each on both drivers, whose errors are not the same. */
  abstract static class Clauses extends ServerClauses {
    Clauses(SqlServerExtension server) {
      super(server);
    }

    final String url() {
      return db.config.url();
    }

    final TestTierConfig with(String driver, String url) {
      return db.config.withUrl(url).withProperties(Map.of(ServerDriver.KEY, driver));
    }

    final void assertRefused(TestTierConfig config, String what, String todo) {
      assertThat(db.refused(config)).hasMessageContaining(what).hasMessageContaining(todo);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mysql", "mariadb"})
    void aWrongPassword(String driver) {
      String wrong = url().replaceFirst(":[^:@/]+@", ":wrong-secret@");

      TierException e = db.refused(with(driver, wrong));

      assertThat(e).hasMessageContaining("refuses user or password");
      assertThat(e).hasMessageContaining("check both in the URL");
      for (Throwable t = e; t != null; t = t.getCause()) {
        assertThat(String.valueOf(t.getMessage())).doesNotContain("wrong-secret");
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mysql", "mariadb"})
    void anUnknownUser(String driver) {
      String unknown = url().replaceFirst("//[^:]+:", "//nobody:");

      assertThat(db.refused(with(driver, unknown))).hasMessageContaining("the server refuses");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mysql", "mariadb"})
    void anUnknownDatabase(String driver) {
      db.admin("GRANT ALL ON nowhere.* TO '" + db.database.user() + "'@'%'");
      String nowhere = url().replace("/" + db.database.database() + "?", "/nowhere?");

      assertRefused(with(driver, nowhere), "no such database", "create it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mysql", "mariadb"})
    void aDatabaseOfSomebodyElse(String driver) {
      String other = url().replace("/" + db.database.database() + "?", "/mysql?");

      assertRefused(with(driver, other), "the user may not use the database", "grant rights");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mysql", "mariadb"})
    void anOptionThatTheDriverDoesNotAccept(String driver) {
      String option = url() + "&socketTimeout=soon";

      assertThat(db.refused(with(driver, option))).hasMessageContaining("option of the URL");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mysql", "mariadb"})
    void aServerThatIsNotThereIsUnavailableAndNotRefused(String driver) throws IOException {
      int port;
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        port = socket.getLocalPort();
      }
      String gone = url().replace(":" + db.database.port() + "/", ":" + port + "/");

      assertUnavailable(with(driver, gone), Duration.ofSeconds(10));
    }

    /** As a firewall does it, or a server that is stopped: it accepts and says nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"mysql", "mariadb"})
    void aServerThatSaysNothingIsUnavailableWithinTheTimeOut(String driver) throws IOException {
      try (ServerSocket silent = new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
        String url =
            url().replace(":" + db.database.port() + "/", ":" + silent.getLocalPort() + "/");

        assertUnavailable(
            with(driver, url).withRequestTimeout(Duration.ofMillis(700)), Duration.ofSeconds(5));
      }
    }

    private void assertUnavailable(TestTierConfig config, Duration within) {
      long began = System.nanoTime();
      assertThatThrownBy(() -> db.open(config))
          .isInstanceOf(TierUnavailableException.class)
          .satisfies(db::requireNoSecret);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(within);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "CREATE TABLE items (id INTEGER, price REAL)",
          "CREATE TABLE meta (name VARCHAR(9), value TEXT, owner TEXT)",
          "CREATE TABLE head (head TEXT)",
          "CREATE TABLE meta (name VARCHAR(9), value TEXT)",
          "CREATE VIEW changes AS SELECT 1 AS sequence",
        })
    void aTableOfAnotherProgram(String ddl) {
      db.sql(ddl);

      assertRefused(db.config, "another program made", "choose another namespace or database");
      assertThat(db.query("SHOW TABLES")).hasSize(1);
      db.open(db.config.withNamespace("mine"));
    }

    @Test
    void theOtherVersionModeOrWhatThisEngineLacks() {
      db.open().close();

      assertRefused(
          db.config.withVersionMode(VersionMode.CALLER),
          "version_mode=engine",
          "another database or namespace");
      db.sql("UPDATE meta SET value = 'zstd' WHERE name = 'codec'");
      assertRefused(db.config, "codec=zstd", "sync-compression");
      db.sql("UPDATE meta SET value = '9' WHERE name IN ('format', 'readable_from')");
      assertRefused(db.config, "newer release (format 9, this one knows 2)", "use that release");
    }

    @Test
    void nothingThereThatIsToBeRead() {
      assertRefused(
          db.config.withReadOnly(true), "no tables of this namespace", "check the namespace");
      assertThat(db.query("SHOW TABLES")).isEmpty();
    }
  }

  @Nested
  class WithSmallPackets extends ServerClauses {
    WithSmallPackets() {
      super(SqlServerExtension.mariadb().withOptions("--max-allowed-packet=512K"));
    }

    @Test
    void aServerThatTakesAlmostNothing() {
      assertThat(db.refused(db.config))
          .hasMessageContaining("max_allowed_packet is below 1 MiB")
          .hasMessageContaining("raise it");
    }
  }

  @Nested
  class WithAnOldBinaryLog extends ServerClauses {
    WithAnOldBinaryLog() {
      super(
          SqlServerExtension.mysql()
              .withOptions("--log-bin=binlog", "--server-id=1", "--binlog-format=STATEMENT"));
    }

    @Test
    void aServerThatTakesNoWritesAtOurIsolation() {
      assertThat(db.refused(db.config))
          .hasMessageContaining("binlog_format is STATEMENT")
          .hasMessageContaining("set it to ROW");
    }
  }
}
