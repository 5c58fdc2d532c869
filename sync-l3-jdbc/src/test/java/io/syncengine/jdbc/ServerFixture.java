// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.model.TierException;
import io.syncengine.testkit.TestTierConfig;
import io.syncengine.testkit.servers.SqlDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The database of a test on a real server; closes the tiers that were opened on it. */
final class ServerFixture extends JdbcFixture implements AutoCloseable {
  final SqlDatabase database;
  final Dialect dialect;
  private final List<JdbcTier> tiers = new ArrayList<>();

  ServerFixture(SqlDatabase database) {
    super(database.url());
    this.database = database;
    this.dialect = database.product().equals("MySQL") ? new MySqlDialect() : new MariaDbDialect();
  }

  /** With the rights of the test's user. */
  @Override
  Connection connect() throws SQLException {
    return database.connect();
  }

  @Override
  JdbcTier open(TestTierConfig with) {
    JdbcTier tier = super.open(with);
    tiers.add(tier);
    return tier;
  }

  /** Also checks that the message has no secrets. */
  @Override
  TierException refused(TestTierConfig with) {
    TierException e = super.refused(with);
    requireNoSecret(e);
    return e;
  }

  /** Checks an exception and its causes for the password. */
  void requireNoSecret(Throwable e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (String.valueOf(t.getMessage()).contains(database.password())) {
        throw new AssertionError("the password stands in a message of " + t.getClass());
      }
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

  @Override
  public void close() {
    tiers.forEach(JdbcTier::close);
  }
}
