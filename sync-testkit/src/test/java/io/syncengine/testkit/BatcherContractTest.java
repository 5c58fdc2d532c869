// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import io.syncengine.spi.Batcher;
import io.syncengine.spi.BatcherProvider;

/** The contract can be met: by the plainest batcher. */
class BatcherContractTest extends BatcherContract {
  @Override
  protected Batcher newBatcher(BatcherProvider.Config config) {
    return new PlainBatcher(config);
  }

  private record PlainBatcher(BatcherProvider.Config config) implements Batcher {
    @Override
    public long nanosUntilFlush(int count, long bytes, long oldestNanos) {
      if (count >= config.flushCount() || bytes >= config.flushBytes()) {
        return 0;
      }
      long interval;
      try {
        interval = config.flushInterval().toNanos();
      } catch (ArithmeticException e) {
        interval = Long.MAX_VALUE;
      }
      return Math.max(0, interval - oldestNanos);
    }

    @Override
    public int maxCount() {
      return config.flushCount();
    }

    @Override
    public long maxBytes() {
      return config.flushBytes();
    }
  }
}
