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
   * Runs in {@code ./data}, or in the folder given.
   *
   * @param args a folder, or nothing
   */
  public static void main(String[] args) {
    Path folder = Path.of(args.length > 0 ? args[0] : "data");
    SyncEngineConfig config =
        SyncEngineConfig.builder()
            .sqlUrl("sqlite:" + folder.resolve("items.db"))
            .walPath(folder.resolve("sync.wal"))
            .build();
    try (SyncEngine engine = SyncEngine.open(config)) {
      String id = "uk.nhs.patient.record.12345";
      engine.submit(SyncItem.of(id, "{\"name\":\"John Doe\"}"));
      SyncItem item = engine.get(id).orElseThrow();
      engine.submit(item.withContent("{\"name\":\"Jane Doe\"}"), Ack.PERSISTED);
      System.out.println(engine.get(id).orElseThrow().contentAsString());
      engine.delete(id, Ack.PERSISTED);
      System.out.println(engine.get(id).isPresent());
    }
  }
}
