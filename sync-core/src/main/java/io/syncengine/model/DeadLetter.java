// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

import java.time.Instant;
import java.util.Optional;

/**
 * A write that the ground truth refused for good; it counts as not made.
 *
 * @param number identifies it among the dead letters, rising
 * @param id the item's id
 * @param revision the revision that was refused
 * @param item the content, or empty for a delete
 * @param reason a fixed word: {@code REFUSED}, {@code EXPIRED} or {@code TOO_LARGE}
 * @param detail what the tier said, without secrets
 * @param at when it was put aside
 * @since 0.1
 */
public record DeadLetter(
    long number,
    String id,
    Revision revision,
    Optional<SyncItem> item,
    String reason,
    String detail,
    Instant at) {
  /** Leaves id and content out: both may be personal data. */
  @Override
  public String toString() {
    return "DeadLetter[number=" + number + ", reason=" + reason + ", at=" + at + "]";
  }
}
