// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Holds threads at a step until a test lets them go: forces an interleaving without a sleep. Made
 * by {@link CrashPoints#blockAt}. Safe from any thread.
 *
 * @since 0.1
 */
public final class Gate implements AutoCloseable {
  /** How long a thread is held at most, so that a failed test ends. */
  public static final Duration LIMIT = Duration.ofSeconds(60);

  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);
  private final AtomicInteger held = new AtomicInteger();

  Gate() {}

  /**
   * Waits until a thread has reached the gate.
   *
   * @throws AssertionError if none comes within {@link #LIMIT}, or this thread is interrupted
   */
  public void awaitReached() {
    await(reached, "nothing reached the gate");
  }

  /**
   * How many threads are held now.
   *
   * @return the number
   */
  public int held() {
    return held.get();
  }

  /** Lets go whoever is held, and holds nobody any more. Idempotent. */
  public void release() {
    released.countDown();
  }

  /** The same as {@link #release}. */
  @Override
  public void close() {
    release();
  }

  /** Called at the step. */
  void pass() {
    held.incrementAndGet();
    reached.countDown();
    try {
      await(released, "the gate was not released");
    } finally {
      held.decrementAndGet();
    }
  }

  private static void await(CountDownLatch latch, String otherwise) {
    try {
      if (!latch.await(LIMIT.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new AssertionError(otherwise);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted at a gate", e);
    }
  }
}
