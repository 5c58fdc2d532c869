// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import io.syncengine.spi.Scheduler;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A scheduler in real time, on the JDK's own delay thread. */
enum RealTime implements Scheduler {
  INSTANCE;

  @Override
  public Cancellable schedule(Runnable task, Duration delay) {
    CompletableFuture<Void> running =
        CompletableFuture.runAsync(
            task, CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS));
    return () -> running.cancel(false);
  }
}
