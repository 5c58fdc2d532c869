// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import org.junit.jupiter.params.ParameterizedTest;

/**
 * Of {@link CacheContract}: random operations against a model of what is promised.
 *
 * @since 0.1
 */
public interface CacheModelClauses extends CacheLossClauses {
  /**
   * The cache does what the model allows.
   *
   * @param seed of the operations
   */
  @ParameterizedTest
  @SeedSource(10)
  default void randomOperationsShowNothingOlderThanWhatWasTold(long seed) {
    CacheModel model = new CacheModel(caches(), laneLoss(), seed);
    for (int i = 0; i < 300; i++) {
      model.step();
    }
    model.checkAll();
  }

  /** What makes lanes be forgotten, or does nothing where that cannot be done. */
  private Runnable laneLoss() {
    return CacheHammer.optional(this::forgetLanes);
  }
}
