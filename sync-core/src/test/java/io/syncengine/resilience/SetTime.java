// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.resilience;

import io.syncengine.spi.TimeSource;

/** A clock that a test sets; for any thread. */
final class SetTime implements TimeSource {
  /** What the clock shows; one thread at a time sets it. */
  volatile long nanos;

  SetTime(long nanos) {
    this.nanos = nanos;
  }

  @Override
  public long nanoTime() {
    return nanos;
  }

  @Override
  public long currentTimeMillis() {
    return 1000;
  }
}
