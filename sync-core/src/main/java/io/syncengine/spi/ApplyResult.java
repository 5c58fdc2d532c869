// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import java.util.List;

/**
 * What a tier did with a batch.
 *
 * @param outcomes one for each entry, in the batch's order
 * @param row the change row that was committed with it; null if nothing was applied or the tier
 *     keeps no change log
 * @since 0.1
 */
public record ApplyResult(List<ItemOutcome> outcomes, ChangeRow row) {
  /** Copies the list. */
  public ApplyResult {
    outcomes = List.copyOf(outcomes);
  }
}
