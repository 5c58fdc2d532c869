// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.resilience;

import io.syncengine.spi.TimeSource;
import java.util.function.BiConsumer;

/**
 * Keeps calls from a tier that fails or drags, so that nobody waits for what will not come and the
 * tier gets room to recover (Nygard, "Release It!", 2nd edition 2018, chapter 5).
 *
 * <p>Closed, it lets every call through and watches the last ones. Open, it lets none through for a
 * while. Half open, it lets a few through to see, for a bounded time; what they find decides.
 *
 * <p>Safe from any thread. {@code settings}, {@code phase} and {@code generation} are guarded by
 * {@code this}, which is held for a few field accesses; the listener is called after it is given
 * back, so that it may be told of two changes in the wrong order, and looks at the state itself if
 * that matters.
 */
public final class CircuitBreaker {
  /** What is given to a call that must not be made. */
  public static final long REFUSED = -1;

  /** How a breaker stands. */
  public enum State {
    /** All calls pass. */
    CLOSED,
    /** No call passes. */
    OPEN,
    /** A few calls pass, to see. */
    HALF_OPEN
  }

  /**
   * When a breaker opens and closes.
   *
   * @param window how many calls are looked at, 1 or more
   * @param minCalls how many there must be before a rate counts, 1 to {@code window}
   * @param failureRate share of failures at which it opens, above 0 to 1
   * @param slowRate share of slow calls, failed ones included, at which it opens, above 0 to 1
   * @param slowNanos from when on a call is slow
   * @param openNanos how long it stays open
   * @param trialCalls how many calls pass half open, 1 or more
   * @param trialNanos how long they may take together before it opens again
   */
  public record Settings(
      int window,
      int minCalls,
      double failureRate,
      double slowRate,
      long slowNanos,
      long openNanos,
      int trialCalls,
      long trialNanos) {}

  private final TimeSource time;
  private final BiConsumer<State, State> listener;
  private Settings settings;
  private BreakerPhase phase;
  // Calls that began before the last change of state are not counted after it.
  private long generation;

  /**
   * Makes a closed one.
   *
   * @param listener is told the state before and the state after each change, on the thread of the
   *     call that made it
   */
  public CircuitBreaker(Settings settings, TimeSource time, BiConsumer<State, State> listener) {
    this.settings = settings;
    this.time = time;
    this.listener = listener;
    this.phase = new ClosedPhase(settings);
  }

  /** Takes other settings; the state stays, and what was seen is forgotten. */
  public void configure(Settings newSettings) {
    synchronized (this) {
      settings = newSettings;
      phase = BreakerPhase.of(phase.state(), newSettings, time.nanoTime());
      generation++;
    }
  }

  /** How it stands. One that is open longer than it should be is half open with the next call. */
  public synchronized State state() {
    return phase.state();
  }

  /**
   * Asks to make a call.
   *
   * @return what {@link #ended} or {@link #abandoned} is given afterwards; {@link #REFUSED} if the
   *     call must not be made
   */
  public long begin() {
    long now = time.nanoTime();
    State before;
    State after;
    long permit;
    synchronized (this) {
      before = phase.state();
      move(phase.at(now), now);
      after = phase.state();
      permit = phase.admit() ? generation : REFUSED;
    }
    tell(before, after);
    return permit;
  }

  /**
   * A call has ended.
   *
   * @param permit from {@link #begin}
   * @param failed whether the tier failed; not if it refused what was asked of it
   * @param nanos how long it took
   */
  public void ended(long permit, boolean failed, long nanos) {
    long now = time.nanoTime();
    State before;
    State after;
    synchronized (this) {
      if (permit != generation) {
        return;
      }
      before = phase.state();
      move(phase.seen(failed, nanos >= settings.slowNanos), now);
      after = phase.state();
    }
    tell(before, after);
  }

  /** A call says nothing of the tier; its place is free again. */
  public void abandoned(long permit) {
    synchronized (this) {
      if (permit == generation) {
        phase.release();
      }
    }
  }

  /** How long it stays open, in nanoseconds; 0 if it is not. */
  public synchronized long nanosUntilTrial() {
    return phase.nanosLeft(time.nanoTime());
  }

  /** The only place where the state changes. Under the monitor. */
  private void move(State to, long now) {
    if (to != phase.state()) {
      phase = BreakerPhase.of(to, settings, now);
      generation++;
    }
  }

  private void tell(State before, State after) {
    if (before != after) {
      listener.accept(before, after);
    }
  }
}
