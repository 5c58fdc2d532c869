// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import io.syncengine.spi.FailPoint;
import io.syncengine.spi.FailPoints;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongPredicate;
import java.util.function.Supplier;

/**
 * Fail points that a test sets while the engine runs: ends the process, throws, leaves a step out
 * or holds a thread. Goes on at points that are not set. One rule a point; a new one replaces the
 * old. Safe from any thread.
 *
 * @since 0.1
 */
public final class CrashPoints implements FailPoints {
  /** The exit status of a process that {@link #haltAt} ended. */
  public static final int HALT_STATUS = 86;

  /** What happens at the n-th time, counted from when the rule was set; false leaves it out. */
  private final Map<FailPoint, LongPredicate> rules = new ConcurrentHashMap<>();

  private final Map<FailPoint, Long> times = new ConcurrentHashMap<>();

  /** Makes fail points that go on everywhere. */
  public CrashPoints() {}

  @Override
  public boolean proceed(FailPoint point) {
    long nth = times.merge(point, 1L, Long::sum);
    LongPredicate rule = rules.get(point);
    return rule == null || rule.test(nth);
  }

  /**
   * Ends the process at once, without shutdown hooks, with {@link #HALT_STATUS}.
   *
   * @param point where
   * @param nth at which time from now, 1 or more
   * @return this
   */
  public CrashPoints haltAt(FailPoint point, long nth) {
    return at(
        point,
        nth,
        () -> {
          Runtime.getRuntime().halt(HALT_STATUS);
          return true;
        });
  }

  /**
   * Throws once.
   *
   * @param point where
   * @param nth at which time from now, 1 or more
   * @param exception makes what is thrown
   * @return this
   */
  public CrashPoints throwAt(
      FailPoint point, long nth, Supplier<? extends RuntimeException> exception) {
    return at(
        point,
        nth,
        () -> {
          throw exception.get();
        });
  }

  /**
   * Leaves the step out each time, until {@link #clear}.
   *
   * @param point which step
   * @return this
   */
  public CrashPoints leaveOut(FailPoint point) {
    rules.put(point, n -> false);
    return this;
  }

  /**
   * Holds whoever comes to the step, until the gate is released.
   *
   * @param point which step
   * @return the gate; close it in the end
   */
  public Gate blockAt(FailPoint point) {
    Gate gate = new Gate();
    rules.put(
        point,
        n -> {
          gate.pass();
          return true;
        });
    return gate;
  }

  /**
   * Goes on at a point again. Releases nobody who is held there.
   *
   * @param point which step
   * @return this
   */
  public CrashPoints clear(FailPoint point) {
    rules.remove(point);
    return this;
  }

  /**
   * How often a step was reached.
   *
   * @param point which step
   * @return the number since this object was made
   */
  public long times(FailPoint point) {
    return times.getOrDefault(point, 0L);
  }

  private CrashPoints at(FailPoint point, long nth, Supplier<Boolean> what) {
    if (nth < 1) {
      throw new IllegalArgumentException("nth is " + nth + "; 1 or more is needed");
    }
    long when = times(point) + nth;
    // Not only at that very time, which may have passed before the rule is there.
    AtomicBoolean done = new AtomicBoolean();
    rules.put(point, n -> n < when || !done.compareAndSet(false, true) || what.get());
    return this;
  }
}
