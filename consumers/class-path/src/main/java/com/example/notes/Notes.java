// SPDX-License-Identifier: AGPL-3.0-only
package com.example.notes;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.model.SyncItem;
import java.nio.file.Path;
import java.util.Optional;

/** Notes that survive the process, in SQLite behind a write-ahead log. */
public final class Notes implements AutoCloseable {
  private final SyncEngine engine;

  /**
   * Opens them.
   *
   * @param folder where they are kept; has to exist
   */
  public Notes(Path folder) {
    engine =
        SyncEngine.open(
            SyncEngineConfig.builder()
                .sqlUrl("sqlite:" + folder.resolve("notes.db"))
                .walPath(folder.resolve("notes.wal"))
                .build());
  }

  /** Keeps a note; returns when it is on disk. */
  void keep(String id, String text) {
    engine.submit(SyncItem.of(id, text));
  }

  /** A note, if there is one of that id. */
  Optional<String> find(String id) {
    return engine.get(id).map(SyncItem::contentAsString);
  }

  /** Drops a note. */
  void drop(String id) {
    engine.delete(id);
  }

  @Override
  public void close() {
    engine.close();
  }
}
