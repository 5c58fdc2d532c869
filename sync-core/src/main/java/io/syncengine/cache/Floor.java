// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cache;

import io.syncengine.model.Revision;
import io.syncengine.spi.Entry;

/**
 * A lower bound of what may be said of an id.
 *
 * @param revision the lowest that is not too old
 * @param sequence of the row that brought it
 */
public record Floor(Revision revision, long sequence) {
  /** Whether an entry is too old. */
  public boolean isAbove(Entry entry) {
    boolean joined =
        entry.mergeType() != Entry.LAST_WRITER_WINS
            && entry.version() == revision.version()
            && !entry.tombstone();
    // Joined states of one version are ordered by their commits alone.
    return joined ? sequence > entry.sequence() : revision.isAbove(entry.revision());
  }
}
