// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.memory;

import io.syncengine.model.SyncItem;
import io.syncengine.spi.MemoryTierConfig;
import io.syncengine.spi.TimeSource;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;

/** What tests tell a tier. */
record TestConfig(long maxBytes, long seed) implements MemoryTierConfig {
  @Override
  public TimeSource timeSource() {
    return TimeSource.SYSTEM;
  }

  @Override
  public RandomGenerator random() {
    return new Random(seed);
  }

  @Override
  public Map<String, String> properties() {
    return Map.of();
  }

  /** An accepted item with so many bytes of content. */
  static SyncItem item(String id, int contentBytes) {
    return item(id, contentBytes, 1);
  }

  static SyncItem item(String id, int contentBytes, long version) {
    return SyncItem.builder(id).ownedContent(new byte[contentBytes]).version(version).build();
  }
}
