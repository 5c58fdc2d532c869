// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.pending;

/** How a write that failed for now is tried again. */
public enum Retry {
  /** With the next batch: the ground truth took nothing, so it may not be this write's fault. */
  AT_ONCE,
  /** With a batch after a pause of its own: the ground truth took others and refused this one. */
  LATER,
  /** After a pause of its own and in a batch of its own: it may be what made its batch fail. */
  ALONE
}
