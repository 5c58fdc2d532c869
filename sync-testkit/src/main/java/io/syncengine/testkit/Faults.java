// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import io.syncengine.spi.Scheduler;
import io.syncengine.testkit.FaultyTier.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Which calls of a {@link FaultyTier} fail, and the calls that it holds.
 *
 * <p>Concurrency: {@code lock} guards all fields; a held call waits without it, on a future that
 * its time-out, its delay or {@link #heal} completes.
 */
final class Faults {
  private static final String TIMED_OUT = "timed out, by order of the test";

  private enum End {
    GO_ON,
    TIME_OUT
  }

  private final Scheduler scheduler;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition holding = lock.newCondition();
  private final Map<Operation, Long> calls = new EnumMap<>(Operation.class);
  private final Set<Operation> failing = EnumSet.noneOf(Operation.class);
  private final Set<Operation> hanging = EnumSet.noneOf(Operation.class);
  private final List<CompletableFuture<End>> held = new ArrayList<>();
  private final Set<Operation> failingNext = EnumSet.noneOf(Operation.class);
  private final Set<Operation> delayed = EnumSet.noneOf(Operation.class);
  // Held calls whose end is scheduled already: the clock may be turned.
  private int waiting;
  private int failNext;
  private @Nullable Duration delay;
  private int failAfterCommit;

  Faults(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  void failNext(int count, Operation... operations) {
    locked(
        () -> {
          failNext = count;
          replace(failingNext, operations);
        });
  }

  void failAll(Operation... operations) {
    locked(() -> failing.addAll(Arrays.asList(operations)));
  }

  void hang(Operation... operations) {
    locked(() -> hanging.addAll(Arrays.asList(operations)));
  }

  void delayNext(Duration by, Operation... operations) {
    locked(
        () -> {
          delay = by;
          replace(delayed, operations);
        });
  }

  void commitThenFail(int applies) {
    locked(() -> failAfterCommit = applies);
  }

  /** After an apply that succeeded. */
  boolean failsAfterCommit() {
    lock.lock();
    try {
      return failAfterCommit > 0 && failAfterCommit-- > 0;
    } finally {
      lock.unlock();
    }
  }

  void heal() {
    lock.lock();
    try {
      failing.clear();
      hanging.clear();
      failNext = 0;
      delay = null;
      failAfterCommit = 0;
      held.forEach(h -> h.complete(End.GO_ON));
    } finally {
      lock.unlock();
    }
  }

  /** Ends held calls as their time-outs would; what was ordered stands. */
  void failHeld() {
    locked(() -> held.forEach(h -> h.complete(End.TIME_OUT)));
  }

  boolean hangs() {
    lock.lock();
    try {
      return !hanging.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** Whether each call of an operation fails or hangs until {@link #heal}. */
  boolean stops(Operation operation) {
    lock.lock();
    try {
      return failing.contains(operation) || hanging.contains(operation);
    } finally {
      lock.unlock();
    }
  }

  long calls(Operation operation) {
    lock.lock();
    try {
      return calls.getOrDefault(operation, 0L);
    } finally {
      lock.unlock();
    }
  }

  int held() {
    lock.lock();
    try {
      return waiting;
    } finally {
      lock.unlock();
    }
  }

  void awaitHeld(int count) {
    long left = Gate.LIMIT.toNanos();
    lock.lock();
    try {
      while (waiting < count) {
        if (left <= 0) {
          throw new AssertionError(waiting + " calls are held, not " + count);
        }
        left = holding.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted in a wait for held calls", e);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Counts a call and holds it as ordered.
   *
   * @return why it fails, or null if it goes on
   */
  @Nullable String before(Operation operation, Duration timeout) {
    CompletableFuture<End> hold;
    Duration longer;
    lock.lock();
    try {
      calls.merge(operation, 1L, Long::sum);
      if (failing.contains(operation) || failsNext(operation)) {
        return "failed by order of the test";
      }
      longer = takeDelay(operation);
      if (longer == null && !hanging.contains(operation)) {
        return null;
      }
      hold = new CompletableFuture<>();
      held.add(hold);
    } finally {
      lock.unlock();
    }
    return longer != null && longer.compareTo(timeout) < 0
        ? await(hold, longer, End.GO_ON)
        : await(hold, timeout, End.TIME_OUT);
  }

  private @Nullable String await(CompletableFuture<End> hold, Duration bound, End atBound) {
    Scheduler.Cancellable end = scheduler.schedule(() -> hold.complete(atBound), bound);
    locked(
        () -> {
          waiting++;
          holding.signalAll();
        });
    try {
      return hold.get(Gate.LIMIT.toNanos(), TimeUnit.NANOSECONDS) == End.GO_ON ? null : TIMED_OUT;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted in a wait";
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("nobody turned the clock or healed the tier", e);
    } finally {
      end.cancel();
      locked(
          () -> {
            waiting--;
            held.removeIf(h -> h == hold);
          });
    }
  }

  private boolean failsNext(Operation operation) {
    return failNext > 0 && failingNext.contains(operation) && failNext-- > 0;
  }

  private @Nullable Duration takeDelay(Operation operation) {
    Duration taken = delayed.contains(operation) ? delay : null;
    delay = taken == null ? delay : null;
    return taken;
  }

  private static void replace(Set<Operation> set, Operation... operations) {
    set.clear();
    set.addAll(Arrays.asList(operations));
  }

  private void locked(Runnable change) {
    lock.lock();
    try {
      change.run();
    } finally {
      lock.unlock();
    }
  }
}
