// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.batch;

import io.syncengine.spi.Batcher;

/** A batch is due when enough writes, enough bytes or enough time have come together. */
final class HybridBatcher implements Batcher {
  private final int flushCount;
  private final long flushBytes;
  private final long flushNanos;

  HybridBatcher(int flushCount, long flushBytes, long flushNanos) {
    this.flushCount = flushCount;
    this.flushBytes = flushBytes;
    this.flushNanos = flushNanos;
  }

  @Override
  public long nanosUntilFlush(int count, long bytes, long oldestNanos) {
    return count >= flushCount || bytes >= flushBytes ? 0 : flushNanos - oldestNanos;
  }

  @Override
  public int maxCount() {
    return flushCount;
  }

  @Override
  public long maxBytes() {
    return flushBytes;
  }
}
