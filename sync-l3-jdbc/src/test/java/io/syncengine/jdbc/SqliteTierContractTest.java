// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.spi.Tier;
import io.syncengine.testkit.TestTierConfig;
import io.syncengine.testkit.TierContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract on SQLite files that the tier opens itself. */
class SqliteTierContractTest extends TierContract {
  @TempDir Path folder;

  @Override
  protected Tier newTier() {
    return new JdbcTierProvider().create();
  }

  @Override
  protected TestTierConfig config() {
    return TestTierConfig.defaults().withUrl("sqlite:" + folder.resolve("l3.db"));
  }
}
