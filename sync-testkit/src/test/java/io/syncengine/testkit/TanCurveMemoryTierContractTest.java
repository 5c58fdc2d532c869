// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import io.syncengine.spi.MemoryTier;
import io.syncengine.spi.MemoryTierConfig;
import io.syncengine.spi.MemoryTierProvider;
import java.util.ServiceLoader;

/** The memory tier that the core brings along, found as the engine finds it. */
class TanCurveMemoryTierContractTest extends MemoryTierContract {
  @Override
  protected MemoryTier newMemoryTier(MemoryTierConfig config) {
    return ServiceLoader.load(MemoryTierProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(p -> p.name().equals("tan-curve"))
        .findFirst()
        .orElseThrow()
        .create(config);
  }
}
