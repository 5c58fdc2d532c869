// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

import java.util.List;
import java.util.Optional;

/**
 * Where an id stands, tier by tier.
 *
 * @param tiers one line a tier, top first
 * @param deadLetter why its last write was put aside, if it was
 * @since 0.1
 */
public record ItemStatus(List<TierStatus> tiers, Optional<DeadLetter> deadLetter) {
  /**
   * Copies the list.
   *
   * @param tiers see {@link #tiers()}
   * @param deadLetter see {@link #deadLetter()}
   */
  public ItemStatus {
    tiers = List.copyOf(tiers);
  }

  /** What a tier says of an id. */
  public enum State {
    /** It holds a value. */
    LIVE,
    /** It holds a tombstone. */
    DELETED,
    /** A write waits for the ground truth. */
    PENDING,
    /** The tier is a cache and does not hold it. */
    NOT_CACHED,
    /** The ground truth says that there is none. */
    MISSING,
    /** The tier cannot be asked. */
    UNKNOWN
  }

  /**
   * One tier's line.
   *
   * @param source the tier
   * @param state what it says
   * @param revision the revision there, if there is one
   */
  public record TierStatus(Source source, State state, Optional<Revision> revision) {}
}
