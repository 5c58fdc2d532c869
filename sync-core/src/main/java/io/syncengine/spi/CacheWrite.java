// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import io.syncengine.model.Revision;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a cache is told of one id.
 *
 * @param id the id
 * @param revision nothing below it may be left
 * @param entry what to hold, of that revision; null to hold nothing
 * @param sequence the change sequence that this knowledge is from: of the commit that wrote the
 *     entry, or the head that the read of the ground truth had seen; 1 or more
 * @since 0.1
 */
public record CacheWrite(String id, Revision revision, @Nullable Entry entry, long sequence) {
  /**
   * Checks.
   *
   * @param id see {@link #id()}
   * @param revision see {@link #revision()}
   * @param entry see {@link #entry()}
   * @param sequence see {@link #sequence()}
   */
  public CacheWrite {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(revision, "revision");
    if (sequence < 1) {
      throw new IllegalArgumentException("sequence is " + sequence + "; it must be 1 or more");
    }
  }

  /**
   * To hold what the ground truth holds or held.
   *
   * @param entry a committed value or tombstone, with the sequence of its commit
   * @param sequence see {@link #sequence()}
   * @return the write
   */
  public static CacheWrite put(Entry entry, long sequence) {
    return new CacheWrite(entry.id(), entry.revision(), entry, sequence);
  }

  /**
   * To hold nothing below a revision.
   *
   * @param id the id
   * @param revision the revision of the change that was missed
   * @param sequence its sequence
   * @return the write
   */
  public static CacheWrite drop(String id, Revision revision, long sequence) {
    return new CacheWrite(id, revision, null, sequence);
  }

  /** Leaves the id out: it may be personal data. */
  @Override
  public String toString() {
    return (entry == null ? "CacheWrite[drop, " : "CacheWrite[put, ") + sequence + "]";
  }
}
