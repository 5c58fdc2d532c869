// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.spi.Tier;
import io.syncengine.testkit.TestTierConfig;
import io.syncengine.testkit.TierContract;
import io.syncengine.testkit.servers.SqlServerExtension;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract on MariaDB with MariaDB's driver. */
class MariaDbTierContractTest extends TierContract {
  @RegisterExtension final SqlServerExtension server = SqlServerExtension.mariadb();

  @Override
  protected Tier newTier() {
    return new JdbcTierProvider().create();
  }

  @Override
  protected TestTierConfig config() {
    return TestTierConfig.defaults().withUrl(server.database().url());
  }
}
