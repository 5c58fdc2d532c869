// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import io.syncengine.spi.Scheduler;
import io.syncengine.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of one engine: daemons named {@code sync-<name>-…}, begun when first needed and ended
 * when idle. {@code started} is guarded by the monitor.
 */
final class EngineThreads {
  private static final long IDLE_SECONDS = 30;

  private final String name;
  private final TimeSource time;
  private final List<ExecutorService> started = new ArrayList<>();

  EngineThreads(String name, TimeSource time) {
    this.name = name;
    this.time = time;
  }

  /** At most so many threads, any number of tasks: for tasks that are bounded by themselves. */
  Executor pool(String role, int threads) {
    return bounded(role, threads, Integer.MAX_VALUE);
  }

  /** At most so many threads and tasks that wait; a task too many is rejected. */
  Executor bounded(String role, int threads, int maxWaiting) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(maxWaiting),
            factory(role));
    pool.allowCoreThreadTimeOut(true);
    return keep(pool);
  }

  /** One thread for timers. */
  Scheduler scheduler() {
    ScheduledThreadPoolExecutor timer = keep(new ScheduledThreadPoolExecutor(1, factory("timer")));
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return (task, delay) -> schedule(timer, task, delay);
  }

  private static Scheduler.Cancellable schedule(
      ScheduledThreadPoolExecutor timer, Runnable task, Duration delay) {
    try {
      var future = timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
      return () -> future.cancel(false);
    } catch (RejectedExecutionException e) {
      // The engine is closed: nothing is to be done any more.
      return () -> {};
    }
  }

  /** Ends all threads; tasks that wait still run, within the bound. */
  void close(Duration bound) {
    List<ExecutorService> all;
    synchronized (this) {
      all = List.copyOf(started);
    }
    all.forEach(ExecutorService::shutdown);
    long end = time.nanoTime() + bound.toNanos();
    for (ExecutorService executor : all) {
      try {
        executor.awaitTermination(end - time.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private ThreadFactory factory(String role) {
    AtomicInteger number = new AtomicInteger();
    return body -> {
      Thread thread =
          new Thread(body, "sync-" + name + "-" + role + "-" + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  private synchronized <E extends ExecutorService> E keep(E executor) {
    started.add(executor);
    return executor;
  }
}
