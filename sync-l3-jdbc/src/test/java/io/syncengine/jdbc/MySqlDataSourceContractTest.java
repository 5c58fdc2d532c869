// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.spi.Tier;
import io.syncengine.testkit.TestTierConfig;
import io.syncengine.testkit.TierContract;
import io.syncengine.testkit.servers.JdbcDriver;
import io.syncengine.testkit.servers.SqlServerExtension;
import java.sql.SQLException;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.mariadb.jdbc.MariaDbDataSource;

/** The contract over an application's connections to MySQL, by MariaDB's driver. */
class MySqlDataSourceContractTest extends TierContract {
  @RegisterExtension final SqlServerExtension server = SqlServerExtension.mysql();

  @Override
  protected Tier newTier() {
    try {
      MariaDbDataSource source = new MariaDbDataSource();
      source.setUrl(server.database().jdbcUrl(JdbcDriver.MARIADB));
      source.setUser(server.database().user());
      source.setPassword(server.database().password());
      return JdbcTier.over(source);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  protected TestTierConfig config() {
    return TestTierConfig.defaults().withNamespace("demo");
  }
}
