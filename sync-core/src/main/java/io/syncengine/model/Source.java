// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

/**
 * What answered a read.
 *
 * @since 0.1
 */
public enum Source {
  /** The memory tier. */
  L1,
  /** A write that the ground truth has not confirmed yet. */
  PENDING,
  /** The filter over the ground truth's ids, which knows that one is absent. */
  FILTER,
  /** The second tier. */
  L2,
  /** The ground truth. */
  L3
}
