// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

/**
 * How a read may be answered.
 *
 * @since 0.1
 */
public enum ReadOption {
  /**
   * If the tier that would know cannot be asked, answer with the last known value, marked stale,
   * where there is one.
   */
  ALLOW_STALE,
  /** Do not answer from memory; writes not yet in the ground truth are still seen. */
  SKIP_L1,
  /** Do not answer from L2. */
  SKIP_L2,
  /** Check the content against the content hash stored beside it. */
  VERIFY
}
