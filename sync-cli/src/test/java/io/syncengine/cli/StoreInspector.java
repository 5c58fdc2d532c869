// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.model.SyncItem;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** The test's own hands on a store that the command uses. */
final class StoreInspector {
  private StoreInspector() {}

  /** An engine on the command's default files that flushes only at its end. */
  static SyncEngine engineThatKeepsItsLog(Path folder) {
    return SyncEngine.open(
        SyncEngineConfig.builder()
            .sqlUrl("sqlite:" + folder.resolve("sync-data/items.db"))
            .walPath(folder.resolve("sync-data/sync.wal"))
            .batchFlushInterval(Duration.ofHours(1))
            .build());
  }

  /** Stores items in the command's default files, as it would, where another thing is tested. */
  static void store(Path folder, SyncItem... items) {
    StoreFiles.makeFolder(folder.resolve("sync-data"));
    try (SyncEngine engine = engineThatKeepsItsLog(folder)) {
      for (SyncItem item : items) {
        engine.submit(item);
      }
    }
  }

  /** A connection to the ground truth's file. */
  static Connection connect(Path folder) throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("sync-data/items.db"));
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
