// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import io.syncengine.model.SyncItem;
import org.jspecify.annotations.Nullable;

/** Where an ingest sends its writes. For one thread. */
interface Sink {
  /**
   * The content of a write of this id that is still on its way.
   *
   * @return null if none is
   */
  @Nullable SyncItem underway(String id);

  /** Sends a write. */
  void send(Write write);

  /** Returns when no write is on its way. */
  void await();

  /**
   * One write.
   *
   * @param line the line that it comes from; 0 for none
   * @param id the item's id
   * @param item the item; null for a delete
   * @param kind what it counts as
   */
  record Write(long line, String id, @Nullable SyncItem item, Kind kind) {
    int bytes() {
      return id.length() + (item == null ? 0 : item.contentLength());
    }
  }

  /** What a write does to what is stored. */
  enum Kind {
    ADD,
    CHANGE,
    DELETE
  }
}
