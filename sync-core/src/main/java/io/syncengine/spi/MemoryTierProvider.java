// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

/**
 * Makes memory tiers.
 *
 * @since 0.1
 */
public interface MemoryTierProvider extends Provider {
  /**
   * A new, empty memory tier.
   *
   * @param config what the engine asks for
   * @return the tier
   */
  MemoryTier create(MemoryTierConfig config);
}
