// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a tier did with a batch.
 *
 * @param outcomes one for each entry, in the batch's order
 * @param row the change row that was committed with it; null if nothing was applied or the tier
 *     keeps no change log
 * @param previousTag the tag of the change row before it, as this transaction saw it under the head
 *     lock; 0 if there is none. By it a writer notices that another history stands before its row
 * @since 0.1
 */
public record ApplyResult(List<ItemOutcome> outcomes, @Nullable ChangeRow row, long previousTag) {
  /**
   * Copies the list.
   *
   * @param outcomes see {@link #outcomes()}
   * @param row see {@link #row()}
   * @param previousTag see {@link #previousTag()}
   */
  public ApplyResult {
    outcomes = List.copyOf(outcomes);
  }

  /**
   * A result without a change row.
   *
   * @param outcomes one for each entry, in the batch's order
   * @return the result
   */
  public static ApplyResult withoutRow(List<ItemOutcome> outcomes) {
    return new ApplyResult(outcomes, null, 0);
  }
}
