// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import io.syncengine.model.Revision;
import org.jspecify.annotations.Nullable;

/**
 * What a tier holds of an id, without the content.
 *
 * @param id the id
 * @param revision the revision as stored; null if what is stored is damaged and nobody can tell
 * @param acceptedAtMillis when the write was accepted, milliseconds since the epoch
 * @param leaf the leaf digest as stored, {@link Leaf#BYTES} bytes, all zero for a tombstone; not to
 *     be changed
 * @since 0.1
 */
// Millions of them in a walk: its array is not copied, and nobody compares it.
@SuppressWarnings("ArrayRecordComponent")
public record Header(String id, @Nullable Revision revision, long acceptedAtMillis, byte[] leaf) {
  /**
   * Whether the id counts as existing: a damaged one does, since nobody can tell.
   *
   * @return false for a tombstone
   */
  public boolean live() {
    return revision == null || !revision.tombstone();
  }
}
