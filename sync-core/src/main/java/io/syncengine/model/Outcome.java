// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

/**
 * What became of an acknowledged write.
 *
 * @since 0.1
 */
public enum Outcome {
  /** Accepted; at PERSISTED, this write is what the ground truth holds now. */
  APPLIED,
  /** Accepted, then overtaken: the level reached holds a higher revision. */
  SUPERSEDED,
  /** A higher revision was known already; nothing was written. */
  STALE,
  /** The very same revision was there already; nothing was written. */
  UNCHANGED,
  /** Joined by a merge strategy with what was there. */
  MERGED
}
