// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.pending;

/** What a pending write leaves open about the ground truth. */
public enum Doubt {
  /** Nothing higher can be there. */
  NONE,
  /** Something higher may be there: a read asks, if it can. */
  POSSIBLE,
  /** Something higher is there, or nothing says that this write is new: a read must ask. */
  STRONG;

  /** The stronger of two. */
  Doubt atLeast(Doubt other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
