// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import io.syncengine.spi.InMemoryTier;
import io.syncengine.spi.Tier;

/** A wrapper without faults changes nothing. */
class FaultyTierContractTest extends TierContract {
  private final Tier shared = new InMemoryTier();

  @Override
  protected Tier newTier() {
    return new FaultyTier(shared);
  }
}
