// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import io.syncengine.spi.InMemoryTier;
import io.syncengine.spi.Tier;

class InMemoryTierContractTest extends TierContract {
  private final Tier shared = new InMemoryTier();

  @Override
  protected Tier newTier() {
    return shared;
  }
}
