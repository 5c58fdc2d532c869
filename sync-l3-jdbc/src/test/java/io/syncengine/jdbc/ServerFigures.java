// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import static io.syncengine.jdbc.Figures.BATCH;
import static io.syncengine.jdbc.Figures.ROUNDS;
import static io.syncengine.jdbc.Figures.SELECT;
import static io.syncengine.jdbc.Figures.median;
import static io.syncengine.jdbc.Figures.say;
import static io.syncengine.jdbc.Figures.seconds;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.syncengine.spi.Entry;
import io.syncengine.testkit.servers.JdbcDriver;
import io.syncengine.testkit.servers.SqlServerExtension;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Figures beside their bare counterpart in one run, not part of the build: {@code mvn test -pl
 * sync-l3-jdbc -am -Dtest='ServerFigures*' -Dsurefire.failIfNoSpecifiedTests=false}. Rounds of both
 * take turns, so that the machine's moods hit both. The bare side writes the same rows into a table
 * of the same kind in one multi-row upsert a batch and commits, and reads by a pooled connection
 * and a statement that the driver keeps.
 */
class ServerFigures {
  private static final int KEYS = 50_000;
  private static final int BATCHES_A_ROUND = 15;
  private static final int LOADS_A_ROUND = 10_000;

  @Nested
  class OnMySql extends Clauses {
    OnMySql() {
      super(SqlServerExtension.mysql(), JdbcDriver.CONNECTOR_J);
    }
  }

  @Nested
  class OnMariaDb extends Clauses {
    OnMariaDb() {
      super(SqlServerExtension.mariadb(), JdbcDriver.MARIADB);
    }
  }

  abstract static class Clauses extends ServerClauses {
    private final JdbcDriver driver;
    private final Figures figures = new Figures(KEYS);

    Clauses(SqlServerExtension server, JdbcDriver driver) {
      super(server);
      this.driver = driver;
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 1_000})
    void flushAndLoadBesideBareJdbc(int bytes) throws SQLException {
      JdbcTier tier = db.open();
      // The bare side has tables of its own, made the same way.
      db.open(db.config.withNamespace("bare")).close();
      List<Double> flushes = new ArrayList<>();
      List<Double> loads = new ArrayList<>();
      try (HikariDataSource pool = pool();
          Connection connection = pool.getConnection()) {
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        for (int round = 0; round < ROUNDS; round++) {
          List<List<Entry>> batches = figures.batches(BATCHES_A_ROUND, bytes);
          // The bare side is spared the hashing.
          List<List<Write>> rows = batches.stream().map(BatchWriter::prepare).toList();
          double bare = BATCHES_A_ROUND * BATCH / seconds(() -> bareFlush(connection, rows));
          double ours = BATCHES_A_ROUND * BATCH / seconds(() -> batches.forEach(tier::apply));
          say("flush %d B: %.0f/s, bare %.0f/s, ratio %.2f", bytes, ours, bare, ours / bare);
          flushes.add(ours / bare);
        }
        for (int round = 0; round < ROUNDS; round++) {
          List<String> ids = figures.ids(LOADS_A_ROUND);
          double bare = seconds(() -> bareLoad(pool, ids)) / LOADS_A_ROUND * 1e6;
          double ours =
              seconds(() -> ids.forEach(id -> tier.load(List.of(id)))) / LOADS_A_ROUND * 1e6;
          say("load %d B: %.1f us, bare %.1f us, ratio %.2f", bytes, ours, bare, ours / bare);
          loads.add(ours / bare);
        }
      }
      say(
          "%s %s, %d B, medians of %d rounds: flush %.2f x bare, load %.2f x bare",
          db.database.product(),
          db.database.version(),
          bytes,
          ROUNDS,
          median(flushes),
          median(loads));
    }

    private HikariDataSource pool() {
      HikariConfig config = new HikariConfig();
      config.setJdbcUrl(
          db.database.jdbcUrl(driver) + "&useServerPrepStmts=true&cachePrepStmts=true");
      config.setUsername(db.database.user());
      config.setPassword(db.database.password());
      config.setMaximumPoolSize(4);
      return new HikariDataSource(config);
    }

    private void bareFlush(Connection c, List<List<Write>> batches) throws SQLException {
      RowBinder binder = new RowBinder(db.dialect, Types.VARBINARY);
      String sql = new MultiRowWriter(db.dialect, Tables.of("bare")).statement(BATCH);
      c.setAutoCommit(false);
      try (PreparedStatement s = c.prepareStatement(sql)) {
        for (List<Write> batch : batches) {
          int before = 0;
          for (Write row : batch) {
            binder.bind(s, before, row, row.entry.version());
            before += RowBinder.PARAMETERS;
          }
          s.executeUpdate();
          c.commit();
        }
      }
      c.setAutoCommit(true);
    }

    private void bareLoad(HikariDataSource pool, List<String> ids) throws SQLException {
      for (String id : ids) {
        try (Connection c = pool.getConnection();
            PreparedStatement s = c.prepareStatement(SELECT)) {
          db.dialect.setText(s, 1, id);
          try (ResultSet rs = s.executeQuery()) {
            if (rs.next()) {
              rs.getLong(1);
              rs.getInt(2);
              rs.getBytes(3);
              rs.getLong(4);
              rs.getInt(5);
              rs.getInt(6);
              rs.getLong(7);
              for (int column = 8; column <= 11; column++) {
                rs.getBytes(column);
              }
            }
          }
        }
      }
    }
  }
}
