// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import io.syncengine.spi.Scheduler;
import io.syncengine.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Clock and scheduler of a test: time passes only in {@link #advance}, which runs what is due on
 * the thread that calls it. Safe from any thread.
 *
 * @since 0.1
 */
// Concurrency: `lock` guards all fields; tasks run without it, so that they may schedule and read
// the clock. Two threads that advance at the same time share the due tasks.
public final class ManualTime implements TimeSource, Scheduler {
  private static final Comparator<Task> DUE_ORDER =
      Comparator.<Task>comparingLong(t -> t.dueNanos).thenComparingLong(t -> t.number);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition scheduled = lock.newCondition();
  private final PriorityQueue<Task> tasks = new PriorityQueue<>(DUE_ORDER);
  private long nanos;
  private long wallNanos;
  private Instant wallStart;
  private long numbers;

  /** Starts at {@link Entries#ACCEPTED_AT}, with {@link #nanoTime} 0. */
  public ManualTime() {
    this(Instant.ofEpochMilli(Entries.ACCEPTED_AT));
  }

  /**
   * Starts at a time.
   *
   * @param wallClock the wall clock's first time
   */
  public ManualTime(Instant wallClock) {
    this.wallStart = wallClock;
  }

  @Override
  public long currentTimeMillis() {
    lock.lock();
    try {
      return wallStart.plusNanos(nanos - wallNanos).toEpochMilli();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public long nanoTime() {
    lock.lock();
    try {
      return nanos;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Sets the wall clock, back or forth. {@link #nanoTime} does not move and no task runs.
   *
   * @param time the new time; goes on from there
   */
  public void setWallClock(Instant time) {
    lock.lock();
    try {
      wallStart = time;
      wallNanos = nanos;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Lets time pass and runs what falls due, in order of its time, then of its scheduling; each task
   * sees the clock at the time for which it was scheduled. What a task schedules runs too if it
   * falls due.
   *
   * @param by zero or more; zero runs what is due now
   * @throws IllegalArgumentException if it is negative
   * @throws RuntimeException the first that a task threw, after all have run
   */
  public void advance(Duration by) {
    if (by.isNegative()) {
      throw new IllegalArgumentException("nanoTime never goes back; use setWallClock");
    }
    long until = Math.addExact(nanoTime(), by.toNanos());
    RuntimeException first = null;
    for (Task task = nextDue(until); task != null; task = nextDue(until)) {
      try {
        task.work.run();
      } catch (RuntimeException e) {
        first = first == null ? e : first;
      }
    }
    if (first != null) {
      throw first;
    }
  }

  /** Takes the next task up to a time and moves the clock to it; with none, to that time. */
  private @Nullable Task nextDue(long until) {
    lock.lock();
    try {
      Task next = tasks.peek();
      boolean due = next != null && next.dueNanos <= until;
      nanos = Math.max(nanos, due ? next.dueNanos : until);
      return due ? tasks.poll() : null;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Cancellable schedule(Runnable task, Duration delay) {
    if (delay.isNegative()) {
      throw new IllegalArgumentException("delay is negative");
    }
    lock.lock();
    try {
      Task added = new Task(Math.addExact(nanos, delay.toNanos()), numbers++, task);
      tasks.add(added);
      scheduled.signalAll();
      return () -> cancel(added);
    } finally {
      lock.unlock();
    }
  }

  private void cancel(Task task) {
    lock.lock();
    try {
      tasks.remove(task);
    } finally {
      lock.unlock();
    }
  }

  /**
   * How many tasks wait.
   *
   * @return the number; cancelled ones do not count
   */
  public int scheduledTasks() {
    lock.lock();
    try {
      return tasks.size();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until another thread has scheduled so much, before the test advances.
   *
   * @param count how many tasks shall wait at least
   * @param atMost how long to wait, in real time
   * @throws AssertionError if they do not come in time, or the thread is interrupted
   */
  public void awaitScheduled(int count, Duration atMost) {
    long left = atMost.toNanos();
    lock.lock();
    try {
      while (tasks.size() < count) {
        if (left <= 0) {
          throw new AssertionError(tasks.size() + " tasks are scheduled, not " + count);
        }
        left = scheduled.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted in a wait for tasks", e);
    } finally {
      lock.unlock();
    }
  }

  private static final class Task {
    final long dueNanos;
    final long number;
    final Runnable work;

    Task(long dueNanos, long number, Runnable work) {
      this.dueNanos = dueNanos;
      this.number = number;
      this.work = work;
    }
  }
}
