// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.model.TierException;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.IdHash;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.Leaf;
import io.syncengine.testkit.Entries;
import io.syncengine.testkit.TestTierConfig;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** The database of a test: tiers on it, and plain connections beside them. */
abstract class JdbcFixture {
  final TestTierConfig config;

  JdbcFixture(String url) {
    this.config = TestTierConfig.defaults().withUrl(url);
  }

  /** A connection as another program has it. */
  abstract Connection connect() throws SQLException;

  JdbcTier open() {
    return open(config);
  }

  JdbcTier open(TestTierConfig with) {
    JdbcTier tier = new JdbcTier();
    tier.open(with);
    return tier;
  }

  /** Opens a tier that is refused for good; checks that the message is one line that names L3. */
  TierException refused(TestTierConfig with) {
    JdbcTier tier = new JdbcTier();
    try {
      tier.open(with);
    } catch (TierException e) {
      if (e.retryable() || e.getMessage().contains("\n") || !e.tier().equals("L3")) {
        throw new AssertionError("not a refusal in one line", e);
      }
      return e;
    }
    tier.close();
    throw new AssertionError("the open was not refused");
  }

  /** Runs statements as another program would. */
  void sql(String... statements) {
    try (Connection c = connect()) {
      run(c, statements);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** Another database comes to stand where the tiers' was, such as one from a backup. */
  void replaceDatabase() {
    sql("UPDATE meta SET value = 'another' WHERE name = 'database_id'");
  }

  /** A tier that was open when that happened refuses all but what tells of it. */
  void assertRefusesReplaced(JdbcTier tier) {
    assertReplaced(() -> tier.apply(List.of(Entries.value("b", 1, "x"))));
    assertReplaced(() -> tier.purge(1, 1));
    assertReplaced(() -> tier.raiseGeneration(1));
    assertReplaced(() -> tier.load(List.of("a")));
    assertReplaced(() -> tier.load(List.of("a", "b")));
    assertReplaced(() -> tier.scan(IdRange.ALL, null, 10));
    assertReplaced(() -> tier.scan(new IdRange("none", null), null, 10));
    assertReplaced(() -> tier.headers(IdRange.ALL, null, 10));
    assertReplaced(() -> tier.headers(new IdRange("none", null), null, 10));
    assertReplaced(() -> tier.digests(0, List.of(0)));
    assertReplaced(() -> tier.digests(4, List.of(0)));
    assertReplaced(() -> tier.buckets(List.of(0)));
    assertReplaced(tier::fold);
    assertReplaced(() -> tier.replaceDigests(1, new byte[IdHash.BUCKETS * Leaf.BYTES]));
    assertReplaced(() -> tier.restore(List.of(Entries.value("b", 1, "x"))));
    assertReplaced(() -> tier.register("a", 1));
    assertReplaced(() -> tier.unregister("a"));
    assertReplaced(() -> tier.trim(1, 1, 1));
    assertReplaced(() -> tier.open(config));
    assertThat(tier.poll(1, 0).databaseId()).isEqualTo("another");
  }

  private static void assertReplaced(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(TierUnavailableException.class)
        .hasMessageContaining("another database");
  }

  static void run(Connection connection, String... statements) throws SQLException {
    try (Statement s = connection.createStatement()) {
      for (String sql : statements) {
        s.execute(sql);
      }
    }
  }

  /** The first column of a query's rows. */
  List<String> query(String sql) {
    try (Connection c = connect()) {
      return query(c, sql);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  static List<String> query(Connection connection, String sql) throws SQLException {
    List<String> result = new ArrayList<>();
    try (Statement s = connection.createStatement();
        ResultSet rs = s.executeQuery(sql)) {
      while (rs.next()) {
        result.add(rs.getString(1));
      }
      return result;
    }
  }
}
