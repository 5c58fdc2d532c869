// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import com.mysql.cj.jdbc.MysqlDataSource;
import io.syncengine.spi.Tier;
import io.syncengine.testkit.TestTierConfig;
import io.syncengine.testkit.TierContract;
import io.syncengine.testkit.servers.JdbcDriver;
import io.syncengine.testkit.servers.SqlServerExtension;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract over an application's connections to MariaDB, by MySQL's driver. */
class MariaDbDataSourceContractTest extends TierContract {
  @RegisterExtension final SqlServerExtension server = SqlServerExtension.mariadb();

  @Override
  protected Tier newTier() {
    MysqlDataSource source = new MysqlDataSource();
    source.setUrl(server.database().jdbcUrl(JdbcDriver.CONNECTOR_J));
    source.setUser(server.database().user());
    source.setPassword(server.database().password());
    return JdbcTier.over(source);
  }

  @Override
  protected TestTierConfig config() {
    return TestTierConfig.defaults().withNamespace("demo");
  }
}
