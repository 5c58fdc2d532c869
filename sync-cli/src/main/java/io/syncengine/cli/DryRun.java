// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import io.syncengine.model.SyncItem;
import org.jspecify.annotations.Nullable;

/** Counts writes and makes none. An id that comes again far behind counts again. */
final class DryRun implements Sink {
  private final IngestCounts counts;

  DryRun(IngestCounts counts) {
    this.counts = counts;
  }

  @Override
  public @Nullable SyncItem underway(String id) {
    return null;
  }

  @Override
  public void send(Write write) {
    counts.acknowledged(write.kind());
  }

  @Override
  public void await() {
    // nothing is on its way
  }
}
