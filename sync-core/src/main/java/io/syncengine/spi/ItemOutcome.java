// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import org.jspecify.annotations.Nullable;

/**
 * What a tier did with one entry of a batch.
 *
 * @param kind which of the five
 * @param before what was there; null for FAILED
 * @param current for CONFLICT what is there, content included, or null if nothing is; else null
 * @param reason for FAILED a fixed word, as {@link #REFUSED}; else null
 * @param detail for FAILED what the tier said, without secrets or ids; else null
 * @param retryable for FAILED whether the same entry may succeed later
 * @since 0.1
 */
public record ItemOutcome(
    Kind kind,
    @Nullable Before before,
    @Nullable Entry current,
    @Nullable String reason,
    @Nullable String detail,
    boolean retryable) {
  /** The reason of an entry that the tier refuses for good. */
  public static final String REFUSED = "REFUSED";

  /**
   * The reason of an entry accepted before the purge horizon whose id has no row: nobody can tell
   * any more whether a tombstone above it was purged.
   */
  public static final String EXPIRED = "EXPIRED";

  /** The reason of an entry over the tier's limits. */
  public static final String TOO_LARGE = "TOO_LARGE";

  /** The five outcomes. */
  public enum Kind {
    /** Written. */
    APPLIED,
    /** The very same revision was there; nothing was written. */
    UNCHANGED,
    /** A higher revision is there; nothing was written. */
    STALE,
    /** The entry has a base and something else is there; nothing was written. */
    CONFLICT,
    /** Not written. */
    FAILED
  }

  /**
   * Written.
   *
   * @param before what was there
   * @return the outcome
   */
  public static ItemOutcome applied(Before before) {
    return new ItemOutcome(Kind.APPLIED, before, null, null, null, false);
  }

  /**
   * The same revision was there.
   *
   * @param before what was there
   * @return the outcome
   */
  public static ItemOutcome unchanged(Before before) {
    return new ItemOutcome(Kind.UNCHANGED, before, null, null, null, false);
  }

  /**
   * A higher revision is there.
   *
   * @param before what is there
   * @return the outcome
   */
  public static ItemOutcome stale(Before before) {
    return new ItemOutcome(Kind.STALE, before, null, null, null, false);
  }

  /**
   * Something else than the base is there.
   *
   * @param current what is there, or null if nothing is
   * @return the outcome
   */
  public static ItemOutcome conflict(@Nullable Entry current) {
    return new ItemOutcome(
        Kind.CONFLICT,
        Before.of(current == null ? null : current.revision()),
        current,
        null,
        null,
        false);
  }

  /**
   * Not written.
   *
   * @param reason a fixed word
   * @param detail what the tier said, without secrets or ids
   * @param retryable whether it may succeed later
   * @return the outcome
   */
  public static ItemOutcome failed(String reason, String detail, boolean retryable) {
    return new ItemOutcome(Kind.FAILED, null, null, reason, detail, retryable);
  }
}
