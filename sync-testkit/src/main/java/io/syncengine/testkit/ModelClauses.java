// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import org.junit.jupiter.params.ParameterizedTest;

/**
 * Of {@link TierContract}: random operations against a plain map.
 *
 * @since 0.1
 */
public interface ModelClauses extends TierClauses {
  /**
   * The tier does what the model does.
   *
   * @param seed of the operations
   */
  @ParameterizedTest
  @SeedSource(10)
  default void randomOperationsDoWhatAPlainMapDoes(long seed) {
    TierModel model = new TierModel(tiers(), seed);
    for (int i = 0; i < 200; i++) {
      model.step();
    }
    model.checkAll();
  }
}
