// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

import java.util.Optional;

/**
 * An id of which two tiers, or a tier and what it should be, do not agree.
 *
 * @param id the id
 * @param side which side is wrong: {@code L3}, {@code L2}, or {@code other} for the other database
 * @param kind what is wrong there
 * @param held the revision that this side holds, if it can tell
 * @param expected the revision that it should hold, if that is known
 * @param fix what a repair did
 * @since 0.1
 */
public record Difference(
    String id,
    String side,
    Kind kind,
    Optional<Revision> held,
    Optional<Revision> expected,
    Fix fix) {

  /** What is wrong. */
  public enum Kind {
    /** What is stored cannot be read, or its content or digest is not that of its revision. */
    DAMAGED,
    /** It lacks what the other side holds. */
    MISSING,
    /** It holds a lower revision than the other side. */
    OLDER,
    /** A cache holds something of which the ground truth knows nothing. */
    EXTRA,
    /** A cache holds a higher revision than the ground truth. */
    NEWER,
    /** The row is there and whole, but the change log does not know of it as it is. */
    UNTOLD
  }

  /** What a repair did. */
  public enum Fix {
    /** Nothing: it was not asked to. */
    NONE,
    /** It would repair it, but for the dry run. */
    WOULD_REPAIR,
    /** It is repaired. */
    REPAIRED,
    /**
     * Nothing: the row is older than the purge horizon of the side that lacks it, so that nobody
     * can tell whether it was deleted there.
     */
    AMBIGUOUS,
    /** Nothing: there is nothing whole to repair it with, or it was not allowed to be used. */
    NO_SOURCE,
    /** Nothing: the tier refused it, or has something newer by now. */
    REFUSED
  }

  /**
   * The same with another fix.
   *
   * @param value what a repair did
   * @return the difference with it
   */
  public Difference with(Fix value) {
    return new Difference(id, side, kind, held, expected, value);
  }
}
