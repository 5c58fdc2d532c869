// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.batch;

import io.syncengine.spi.Batcher;
import io.syncengine.spi.BatcherProvider;

/** Makes batchers that look at count, bytes and time. */
public final class HybridBatcherProvider implements BatcherProvider {
  /** For {@link java.util.ServiceLoader}. */
  public HybridBatcherProvider() {}

  @Override
  public String name() {
    return "hybrid";
  }

  @Override
  public Batcher create(Config config) {
    return new HybridBatcher(
        config.flushCount(), config.flushBytes(), config.flushInterval().toNanos());
  }
}
