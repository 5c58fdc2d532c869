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
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Figures beside their bare counterpart in one run, not part of the build: {@code mvn test -pl
 * sync-l3-jdbc -am -Dtest=SqliteFigures -Dsurefire.failIfNoSpecifiedTests=false}. Rounds of both
 * take turns, so that the machine's moods hit both.
 */
class SqliteFigures {
  private static final int KEYS = 100_000;
  private static final int BATCHES_A_ROUND = 40;
  private static final int LOADS_A_ROUND = 60_000;

  @TempDir Path folder;
  private final Figures figures = new Figures(KEYS);

  @ParameterizedTest
  @ValueSource(ints = {100, 1_000})
  void flushAndLoadBesideBareJdbc(int bytes) throws SQLException {
    SqliteFixture ours = new SqliteFixture(folder.resolve("ours" + bytes));
    SqliteFixture bare = new SqliteFixture(folder.resolve("bare" + bytes));
    // The bare side uses the same table, pragmas and driver.
    bare.open().close();
    SqliteConnections source =
        new SqliteConnections(
            new SqliteFile(bare.file), SqliteConnections.Use.WRITE, bare.config.requestTimeout());
    JdbcTier tier = ours.open();
    try (Connection connection = source.getConnection();
        HikariDataSource pool = pool(bare)) {
      List<Double> flushes = new ArrayList<>();
      for (int round = 0; round < ROUNDS; round++) {
        List<List<Entry>> batches = figures.batches(BATCHES_A_ROUND, bytes);
        double bareRate = BATCHES_A_ROUND * BATCH / seconds(() -> bareFlush(connection, batches));
        double rate = BATCHES_A_ROUND * BATCH / seconds(() -> batches.forEach(tier::apply));
        flushes.add(rate / bareRate);
        say("flush %d B: %.0f/s, bare %.0f/s, ratio %.2f", bytes, rate, bareRate, rate / bareRate);
      }
      List<Double> loads = new ArrayList<>();
      List<Double> kept = new ArrayList<>();
      for (int round = 0; round < ROUNDS; round++) {
        List<String> ids = figures.ids(LOADS_A_ROUND);
        double bareTime = seconds(() -> bareLoad(pool, ids)) / LOADS_A_ROUND * 1e6;
        double keptTime = seconds(() -> keptLoad(pool, ids)) / LOADS_A_ROUND * 1e6;
        double time =
            seconds(() -> ids.forEach(id -> tier.load(List.of(id)))) / LOADS_A_ROUND * 1e6;
        loads.add(time / bareTime);
        kept.add(time / keptTime);
        say("load %d B: %.2f us, bare %.2f us, kept %.2f us", bytes, time, bareTime, keptTime);
      }
      say(
          "%d B, medians of %d rounds: flush %.2f x bare, load %.2f x bare, %.2f x bare with a"
              + " statement that is kept",
          bytes, ROUNDS, median(flushes), median(loads), median(kept));
    } finally {
      tier.close();
    }
  }

  private static HikariDataSource pool(SqliteFixture bare) {
    HikariConfig config = new HikariConfig();
    config.setDataSource(
        new SqliteConnections(
            new SqliteFile(bare.file), SqliteConnections.Use.READ, bare.config.requestTimeout()));
    config.setMaximumPoolSize(4);
    return new HikariDataSource(config);
  }

  private static void bareFlush(Connection c, List<List<Entry>> batches) throws SQLException {
    try (PreparedStatement s = c.prepareStatement(new SqliteDialect().upsert(Tables.of("")))) {
      for (List<Entry> batch : batches) {
        c.setAutoCommit(false);
        for (Entry entry : batch) {
          bind(s, entry);
          s.addBatch();
        }
        s.executeBatch();
        c.setAutoCommit(true);
      }
    }
  }

  private static final byte[] HASH = new byte[32];

  private static void bind(PreparedStatement s, Entry entry) throws SQLException {
    s.setString(1, entry.id());
    s.setLong(2, entry.version());
    s.setInt(3, 0);
    s.setBytes(4, HASH);
    s.setBytes(5, HASH);
    s.setInt(6, 7);
    s.setLong(7, entry.acceptedAtMillis());
    s.setInt(8, 0);
    s.setInt(9, 0);
    s.setLong(10, entry.version());
    s.setString(11, entry.origin());
    s.setNull(12, Types.VARCHAR);
    s.setNull(13, Types.VARCHAR);
    s.setBytes(14, entry.content());
  }

  private static void bareLoad(HikariDataSource pool, List<String> ids) throws SQLException {
    for (String id : ids) {
      try (Connection c = pool.getConnection();
          PreparedStatement s = c.prepareStatement(SELECT)) {
        read(s, id);
      }
    }
  }

  /** A pooled connection each time, but statements prepared once for each. */
  private static void keptLoad(HikariDataSource pool, List<String> ids) throws SQLException {
    Map<Connection, PreparedStatement> statements = new IdentityHashMap<>();
    for (String id : ids) {
      try (Connection c = pool.getConnection()) {
        Connection physical = c.unwrap(Connection.class);
        PreparedStatement s = statements.get(physical);
        if (s == null) {
          s = physical.prepareStatement(SELECT);
          statements.put(physical, s);
        }
        read(s, id);
      }
    }
  }

  private static void read(PreparedStatement s, String id) throws SQLException {
    s.setString(1, id);
    try (ResultSet rs = s.executeQuery()) {
      if (rs.next()) {
        rs.getLong(1);
        rs.getInt(2);
        rs.getBytes(3);
        rs.getLong(4);
        rs.getInt(5);
        rs.getInt(6);
        rs.getLong(7);
        rs.getString(8);
        rs.getString(9);
        rs.getString(10);
        rs.getBytes(11);
      }
    }
  }
}
