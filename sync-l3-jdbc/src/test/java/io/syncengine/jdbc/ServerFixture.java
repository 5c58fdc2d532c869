// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.model.TierException;
import io.syncengine.testkit.TestTierConfig;
import io.syncengine.testkit.servers.SqlDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The database of a test on a real server: tiers on it, and plain connections beside them. */
final class ServerFixture implements AutoCloseable {
  final SqlDatabase database;
  final TestTierConfig config;
  final Dialect dialect;
  private final List<JdbcTier> tiers = new ArrayList<>();

  ServerFixture(SqlDatabase database) {
    this.database = database;
    this.config = TestTierConfig.defaults().withUrl(database.url());
    this.dialect = database.product().equals("MySQL") ? new MySqlDialect() : new MariaDbDialect();
  }

  JdbcTier open() {
    return open(config);
  }

  /** A tier that is closed with this fixture, if it is not before. */
  JdbcTier open(TestTierConfig with) {
    JdbcTier tier = new JdbcTier();
    tier.open(with);
    tiers.add(tier);
    return tier;
  }

  /** Opens a tier that is refused for good; checks that the message is one line without secrets. */
  TierException refused(TestTierConfig with) {
    JdbcTier tier = new JdbcTier();
    try {
      tier.open(with);
    } catch (TierException e) {
      if (e.retryable() || e.getMessage().contains("\n") || !e.tier().equals("L3")) {
        throw new AssertionError("not a refusal in one line", e);
      }
      requireNoSecret(e);
      return e;
    }
    tier.close();
    throw new AssertionError("the open was not refused");
  }

  /** Checks an exception and its causes for the password. */
  void requireNoSecret(Throwable e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (String.valueOf(t.getMessage()).contains(database.password())) {
        throw new AssertionError("the password stands in a message of " + t.getClass());
      }
    }
  }

  /** Runs statements as another program would, with the rights of the test's user. */
  void sql(String... statements) {
    try (Connection c = database.connect()) {
      run(c, statements);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** Runs statements as the server's administrator, in the test's database. */
  void admin(String... statements) {
    try (Connection c = database.connectAsAdmin()) {
      c.setCatalog(database.database());
      run(c, statements);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
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
    try (Connection c = database.connect()) {
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

  @Override
  public void close() {
    tiers.forEach(JdbcTier::close);
  }
}
