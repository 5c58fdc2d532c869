// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import static io.syncengine.testkit.Entries.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.syncengine.spi.FailPoint;
import io.syncengine.testkit.CrashPoints;
import io.syncengine.testkit.TestTierConfig;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConfig.TransactionMode;
import org.sqlite.SQLiteConnection;

/** An application's pool is used and given back as it was. */
class SqliteDataSourceTest {
  @TempDir Path folder;
  private HikariDataSource pool;

  @BeforeEach
  void setUp() {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl("jdbc:sqlite:" + folder.resolve("app.db"));
    config.setMaximumPoolSize(1);
    config.setAutoCommit(false);
    config.addDataSourceProperty("synchronous", "NORMAL");
    pool = new HikariDataSource(config);
  }

  @AfterEach
  void tearDown() {
    pool.close();
  }

  @Test
  void theConnectionComesBackAsItWasAndTheSourceStaysOpen() throws SQLException {
    JdbcTier tier = JdbcTier.over(pool);
    tier.open(TestTierConfig.defaults().withNamespace("sync"));
    tier.apply(List.of(value("a", 1, "x")));
    assertThat(tier.load(List.of("a")).found()).hasSize(1);
    tier.close();

    assertAsItWas();
  }

  @Test
  void alsoAfterAWriteThatBroke() throws SQLException {
    CrashPoints points = new CrashPoints();
    JdbcTier tier = JdbcTier.over(pool);
    tier.open(TestTierConfig.defaults().withFailPoints(points));
    points.throwAt(FailPoint.TIER_COMMIT, 1, IllegalStateException::new);

    assertThatThrownBy(() -> tier.apply(List.of(value("a", 1, "x"))))
        .isInstanceOf(IllegalStateException.class);

    assertAsItWas();
    assertThat(tier.load(List.of("a")).found()).isEmpty();
    assertThat(tier.apply(List.of(value("a", 1, "x"))).row().sequence()).isEqualTo(1);
    tier.close();
  }

  private void assertAsItWas() throws SQLException {
    try (Connection c = pool.getConnection()) {
      SQLiteConnection sqlite = c.unwrap(SQLiteConnection.class);
      assertThat(c.getAutoCommit()).isFalse();
      assertThat(SqliteConnections.pragma(c, "synchronous")).isEqualTo("1");
      assertThat(sqlite.getBusyTimeout()).isEqualTo(3000);
      assertThat(sqlite.getConnectionConfig().getTransactionMode())
          .isEqualTo(TransactionMode.DEFERRED);
    }
  }
}
