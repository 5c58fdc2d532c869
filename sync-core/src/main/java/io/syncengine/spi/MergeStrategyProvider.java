// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

/**
 * Makes merge strategies.
 *
 * @since 0.1
 */
public interface MergeStrategyProvider extends Provider {
  /**
   * The strategy.
   *
   * @return the strategy
   */
  MergeStrategy create();
}
