// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

import java.util.List;

/**
 * The engine's own view of itself.
 *
 * @param status UP, DEGRADED or DOWN
 * @param groundTruth which tier holds the truth, in words
 * @param reasons why it is not UP; empty if it is
 * @since 0.1
 */
public record Health(Status status, String groundTruth, List<String> reasons) {
  /**
   * Copies the list.
   *
   * @param status see {@link #status()}
   * @param groundTruth see {@link #groundTruth()}
   * @param reasons see {@link #reasons()}
   */
  public Health {
    reasons = List.copyOf(reasons);
  }

  /** The three states of health. */
  public enum Status {
    /** All promises hold. */
    UP,
    /** It serves, with the limits named by the reasons. */
    DEGRADED,
    /** It does not serve. */
    DOWN
  }
}
