// SPDX-License-Identifier: AGPL-3.0-only
package com.example.visits;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.jdbc.JdbcTier;
import io.syncengine.model.Ack;
import io.syncengine.model.SyncItem;
import java.nio.file.Path;
import java.util.Optional;

/** Counts its own runs. */
public final class Visits {
  private static final String ID = "visits";

  private Visits() {}

  /**
   * Counts this run and prints the count.
   *
   * @param args the folder to count in; has to exist
   */
  public static void main(String[] args) {
    Path folder = Path.of(args[0]);
    requireNamed(SyncEngine.class);
    requireNamed(JdbcTier.class);
    SyncEngineConfig config =
        SyncEngineConfig.builder()
            .sqlUrl("sqlite:" + folder.resolve("visits.db"))
            .walPath(folder.resolve("visits.wal"))
            .build();
    try (SyncEngine engine = SyncEngine.open(config)) {
      Optional<SyncItem> before = engine.get(ID);
      int count = before.map(SyncItem::contentAsString).map(Integer::valueOf).orElse(0) + 1;
      engine.submit(SyncItem.of(ID, Integer.toString(count)), Ack.PERSISTED);
      System.out.println(engine.get(ID).orElseThrow().contentAsString());
    }
  }

  private static void requireNamed(Class<?> type) {
    if (!type.getModule().isNamed()) {
      throw new IllegalStateException("run this with java -p, not with -cp");
    }
  }
}
