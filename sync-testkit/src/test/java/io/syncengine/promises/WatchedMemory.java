// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.promises;

import io.syncengine.memory.TanCurveMemoryTierProvider;
import io.syncengine.model.SyncItem;
import io.syncengine.spi.MemoryTier;
import io.syncengine.spi.MemoryTierConfig;
import io.syncengine.spi.MemoryTierProvider;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The memory tier that there is, with somebody who looks before an id is taken out. */
final class WatchedMemory implements MemoryTierProvider {
  volatile Consumer<String> beforeInvalidate = id -> {};

  @Override
  public String name() {
    return "watched";
  }

  @Override
  public MemoryTier create(MemoryTierConfig config) {
    MemoryTier memory = new TanCurveMemoryTierProvider().create(config);
    return new MemoryTier() {
      @Override
      public @Nullable SyncItem get(String id) {
        return memory.get(id);
      }

      @Override
      public @Nullable SyncItem peek(String id) {
        return memory.peek(id);
      }

      @Override
      public void put(SyncItem item) {
        memory.put(item);
      }

      @Override
      public void invalidate(String id) {
        beforeInvalidate.accept(id);
        memory.invalidate(id);
      }

      @Override
      public void clear() {
        memory.clear();
      }

      @Override
      public void resize(long bytes) {
        memory.resize(bytes);
      }

      @Override
      public long count() {
        return memory.count();
      }

      @Override
      public long bytes() {
        return memory.bytes();
      }

      @Override
      public long evictions() {
        return memory.evictions();
      }
    };
  }
}
