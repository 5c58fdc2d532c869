// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import io.syncengine.spi.Tier;

/** A wrapper without faults changes nothing. */
class FaultyCacheContractTest extends InMemoryCacheContractTest {
  @Override
  protected Tier newTier() {
    return new FaultyTier(super.newTier());
  }
}
