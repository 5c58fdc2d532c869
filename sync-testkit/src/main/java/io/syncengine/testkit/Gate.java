// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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

  private final CompletableFuture<Void> reached = new CompletableFuture<>();
  private final CompletableFuture<Void> released = new CompletableFuture<>();
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
   * Waits until a thread has reached the gate, and no longer than that thread's work takes.
   *
   * @param work what should reach the gate
   * @throws AssertionError if the work ends without reaching it, or nothing comes within {@link
   *     #LIMIT}, or this thread is interrupted
   */
  public void awaitReached(CompletableFuture<?> work) {
    await(
        CompletableFuture.anyOf(reached, work.handle((done, failed) -> null)),
        "nothing reached the gate");
    if (!reached.isDone()) {
      throw new AssertionError("the work ended and did not reach the gate");
    }
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
    released.complete(null);
  }

  /** The same as {@link #release}. */
  @Override
  public void close() {
    release();
  }

  /** Called at the step. */
  void pass() {
    held.incrementAndGet();
    reached.complete(null);
    try {
      await(released, "the gate was not released");
    } finally {
      held.decrementAndGet();
    }
  }

  private static void await(CompletableFuture<?> event, String otherwise) {
    try {
      event.get(LIMIT.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted at a gate", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError(otherwise, e);
    }
  }
}
