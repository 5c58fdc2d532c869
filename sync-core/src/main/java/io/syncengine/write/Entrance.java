// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.write;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts who is inside, so that a close can wait until nobody is. The lowest bit of {@code state}
 * says closed, the rest counts in twos; both change by one atomic operation.
 */
final class Entrance {
  static final String CLOSED = "the engine was closed; the write was not accepted";

  private final AtomicLong state = new AtomicLong();
  private final CountDownLatch empty = new CountDownLatch(1);

  void enter() {
    if ((state.getAndAdd(2) & 1) != 0) {
      leave();
      throw new IllegalStateException(CLOSED);
    }
  }

  void leave() {
    if (state.addAndGet(-2) == 1) {
      empty.countDown();
    }
  }

  /** Lets nobody in any more and waits for those inside; keeps the interrupt flag. */
  void close(Duration bound) {
    if (state.getAndUpdate(s -> s | 1) == 0) {
      empty.countDown();
    }
    try {
      empty.await(bound.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
