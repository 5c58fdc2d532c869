// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.batch;

import io.syncengine.spi.Scheduler;
import io.syncengine.spi.TimeSource;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A body that runs on an executor whenever it is kicked, never twice at a time: a kick during a run
 * makes one more run. It can also be kicked by the clock.
 *
 * <p>Safe from any thread. {@code state} is the only word that decides who runs, by
 * compare-and-set; {@code timer} is written under {@code this} and read by anyone; {@code running}
 * is held by the run alone, so that an end can be awaited.
 */
public final class SerialTask {
  private static final int IDLE = 0;
  private static final int RUNNING = 1;
  private static final int KICKED = 2;
  private static final int STOPPED = 3;

  private final AtomicInteger state = new AtomicInteger(IDLE);
  private final Semaphore running = new Semaphore(1);
  private final Executor executor;
  private final Scheduler scheduler;
  private final TimeSource time;
  private final Runnable body;
  private final Consumer<Throwable> onError;
  private volatile @Nullable Timer timer;

  private record Timer(long dueNanos, Scheduler.Cancellable handle) {}

  /**
   * Makes an idle task.
   *
   * @param onError is told what a run threw; the task goes on
   */
  public SerialTask(
      Executor executor,
      Scheduler scheduler,
      TimeSource time,
      Runnable body,
      Consumer<Throwable> onError) {
    this.executor = executor;
    this.scheduler = scheduler;
    this.time = time;
    this.body = body;
    this.onError = onError;
  }

  /** Runs the body soon. */
  public void kick() {
    while (true) {
      int now = state.get();
      if (now == KICKED || now == STOPPED) {
        return;
      }
      int next = now == IDLE ? RUNNING : KICKED;
      if (state.compareAndSet(now, next)) {
        if (now == IDLE) {
          start();
        }
        return;
      }
    }
  }

  private void start() {
    try {
      executor.execute(this::run);
    } catch (RejectedExecutionException e) {
      state.set(STOPPED);
    }
  }

  private void run() {
    running.acquireUninterruptibly();
    try {
      while (state.get() != STOPPED) {
        state.compareAndSet(KICKED, RUNNING);
        runBody();
        if (state.compareAndSet(RUNNING, IDLE)) {
          return;
        }
      }
    } finally {
      running.release();
    }
  }

  private void runBody() {
    try {
      body.run();
    } catch (RuntimeException | Error e) {
      onError.accept(e);
    }
  }

  /** Runs the body after a delay, or earlier if it is kicked; the earliest of several counts. */
  public void kickAfter(long nanos) {
    long due = time.nanoTime() + nanos;
    if (firesBy(due)) {
      return;
    }
    synchronized (this) {
      if (firesBy(due) || state.get() == STOPPED) {
        return;
      }
      Timer later = timer;
      if (later != null) {
        later.handle.cancel();
      }
      Duration delay = Duration.ofNanos(Math.max(0, nanos));
      timer = new Timer(due, scheduler.schedule(this::timerFired, delay));
    }
  }

  private boolean firesBy(long due) {
    Timer armed = timer;
    return armed != null && armed.dueNanos - due <= 0;
  }

  private void timerFired() {
    synchronized (this) {
      timer = null;
    }
    kick();
  }

  /**
   * No run begins any more; waits for one that runs.
   *
   * @param bound how long to wait at most
   * @return whether none runs now
   */
  public boolean stop(Duration bound) {
    state.set(STOPPED);
    synchronized (this) {
      Timer armed = timer;
      if (armed != null) {
        armed.handle.cancel();
        timer = null;
      }
    }
    try {
      if (!running.tryAcquire(bound.toNanos(), TimeUnit.NANOSECONDS)) {
        return false;
      }
      running.release();
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
