// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import io.syncengine.model.Revision;
import org.jspecify.annotations.Nullable;

/**
 * What a tier held of an id before a write.
 *
 * @param state absent, live or tombstone
 * @param revision the revision, or null if absent
 * @since 0.1
 */
public record Before(State state, @Nullable Revision revision) {
  /** Nothing was there. */
  public static final Before ABSENT = new Before(State.ABSENT, null);

  /** The three states of an id in a tier. */
  public enum State {
    /** No row. */
    ABSENT,
    /** A value. */
    LIVE,
    /** A tombstone. */
    TOMBSTONE
  }

  /**
   * The state of an id that has a revision.
   *
   * @param revision the revision, or null if absent
   * @return the state
   */
  public static Before of(@Nullable Revision revision) {
    if (revision == null) {
      return ABSENT;
    }
    return new Before(revision.tombstone() ? State.TOMBSTONE : State.LIVE, revision);
  }
}
