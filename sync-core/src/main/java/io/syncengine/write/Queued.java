// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.write;

import java.util.concurrent.CompletableFuture;

/** What waits for the appender, in the order in which it was handed over. */
sealed interface Queued permits Append, Queued.Mark {
  /** Bytes of memory that it takes while it waits. */
  long bytes();

  /**
   * Only says when all before it are through.
   *
   * @param passed completed then, on the appender's thread
   */
  record Mark(CompletableFuture<Void> passed) implements Queued {
    @Override
    public long bytes() {
      return 0;
    }
  }
}
