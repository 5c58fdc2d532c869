// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.write;

import io.syncengine.spi.Scheduler;
import io.syncengine.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Ends waits that last too long. All waits have the same length, so they stand in one queue by
 * their ends, with one timer for its head; those that are over are dropped from the head at each
 * new one.
 *
 * <p>Guarded by its monitor, which is held for no callback.
 */
final class Deadlines {
  private final Scheduler scheduler;
  private final TimeSource time;
  private final ArrayDeque<Wait> waits = new ArrayDeque<>();
  private boolean armed;

  private record Wait(long endNanos, CompletableFuture<?> future, Runnable expire) {}

  Deadlines(Scheduler scheduler, TimeSource time) {
    this.scheduler = scheduler;
    this.time = time;
  }

  /** Runs {@code expire} on the timer's thread if the future is not done by then. */
  void watch(CompletableFuture<?> future, Duration timeout, Runnable expire) {
    synchronized (this) {
      dropDone();
      waits.addLast(new Wait(time.nanoTime() + timeout.toNanos(), future, expire));
      arm();
    }
  }

  private void dropDone() {
    while (!waits.isEmpty() && waits.peekFirst().future.isDone()) {
      waits.pollFirst();
    }
  }

  private void arm() {
    if (!armed && !waits.isEmpty()) {
      armed = true;
      long nanos = waits.peekFirst().endNanos - time.nanoTime();
      scheduler.schedule(this::fired, Duration.ofNanos(Math.max(0, nanos)));
    }
  }

  private void fired() {
    List<Wait> expired = new ArrayList<>();
    synchronized (this) {
      armed = false;
      long now = time.nanoTime();
      dropDone();
      while (!waits.isEmpty() && waits.peekFirst().endNanos - now <= 0) {
        expired.add(waits.pollFirst());
        dropDone();
      }
      arm();
    }
    expired.forEach(w -> w.expire.run());
  }
}
