// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.memory;

import io.syncengine.spi.MemoryTier;
import io.syncengine.spi.MemoryTierConfig;
import io.syncengine.spi.MemoryTierProvider;

/**
 * Makes the core's memory tier; name {@value #NAME}. It knows no options.
 *
 * @since 0.1
 */
public final class TanCurveMemoryTierProvider implements MemoryTierProvider {
  /** The name to choose it by. */
  public static final String NAME = "tan-curve";

  /** For {@link java.util.ServiceLoader}. */
  public TanCurveMemoryTierProvider() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public MemoryTier create(MemoryTierConfig config) {
    return new TanCurveMemoryTier(config);
  }
}
