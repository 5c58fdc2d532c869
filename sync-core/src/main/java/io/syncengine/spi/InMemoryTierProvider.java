// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import java.util.Set;

/**
 * Provides {@link InMemoryTier} for {@code memory:}, a ground truth for users' tests. Each engine
 * gets a store of its own; to share one, give the same object to both.
 *
 * @since 0.1
 */
public final class InMemoryTierProvider implements TierProvider {
  /** Makes the provider; for {@link java.util.ServiceLoader}. */
  public InMemoryTierProvider() {}

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public Set<String> schemes() {
    return Set.of("memory");
  }

  @Override
  public Tier create() {
    return new InMemoryTier();
  }
}
