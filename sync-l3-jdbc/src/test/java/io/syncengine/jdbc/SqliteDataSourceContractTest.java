// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.spi.Tier;
import io.syncengine.testkit.TestTierConfig;
import io.syncengine.testkit.TierContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** The contract over an application's connections to SQLite. */
class SqliteDataSourceContractTest extends TierContract {
  @TempDir Path folder;

  @Override
  protected Tier newTier() {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + folder.resolve("app.db"));
    return JdbcTier.over(source);
  }

  @Override
  protected TestTierConfig config() {
    return TestTierConfig.defaults().withNamespace("demo");
  }
}
