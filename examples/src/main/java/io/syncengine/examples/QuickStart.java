// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.examples;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.model.Ack;
import io.syncengine.model.SyncItem;
import java.nio.file.Path;

/** Writes, reads, changes and deletes one item. */
public final class QuickStart {
  private QuickStart() {}

  /**
   * Runs in the folder {@code data}, which has to exist.
   *
   * @param args ignored
   */
  public static void main(String[] args) {
    // region quick-start
    var config =
        SyncEngineConfig.builder()
            .sqlUrl("sqlite:data/items.db") // or mysql://user:pass@host/db
            // .redisUrl("redis://localhost:6379") // add sync-l2-redis
            .walPath(Path.of("data/sync.wal")) // acks survive a crash
            .build();
    try (SyncEngine engine = SyncEngine.open(config)) {
      String id = "uk.nhs.patient.record.12345";
      engine.submit(SyncItem.of(id, "{\"name\":\"John Doe\"}"));
      SyncItem item = engine.get(id).orElseThrow();
      engine.submit(item.withContent("{\"name\":\"Jane Doe\"}"), Ack.PERSISTED);
      engine.delete(id, Ack.PERSISTED);
    }
    // endregion
  }
}
