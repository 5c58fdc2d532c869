// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.write;

import io.syncengine.spi.TimeSource;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A hybrid logical clock (Kulkarni, Demirbas et al., OPODIS 2014): milliseconds since the epoch in
 * the upper 48 bits of a version, a counter in the lower 16. It never gives a version twice, never
 * goes back when the wall clock does, and passes every version that it is shown. A counter that
 * overflows runs into the milliseconds, which keeps the order.
 *
 * <p>Safe from any thread; {@code last} moves up by compare-and-set alone.
 */
public final class RevisionClock {
  private static final int COUNTER_BITS = 16;

  private final AtomicLong last;
  private final TimeSource time;

  /**
   * Makes a clock.
   *
   * @param floor a version that the clock has passed already; 0 for none
   */
  public RevisionClock(TimeSource time, long floor) {
    this.time = time;
    this.last = new AtomicLong(floor);
  }

  /** By how much versions rise in so many milliseconds. */
  public static long versions(long millis) {
    return millis << COUNTER_BITS;
  }

  /** A version above all that were given or shown. */
  public long next() {
    long wall = time.currentTimeMillis() << COUNTER_BITS;
    while (true) {
      long before = last.get();
      long next = Math.max(before + 1, wall);
      if (last.compareAndSet(before, next)) {
        return next;
      }
    }
  }

  /** Passes a version that was read, written or followed. */
  public void observe(long version) {
    long before = last.get();
    while (before < version && !last.compareAndSet(before, version)) {
      before = last.get();
    }
  }

  /** The highest version given or shown; the ceiling that the log keeps. */
  public long ceiling() {
    return last.get();
  }

  /** By how many milliseconds a version is ahead of the wall clock; negative if it is behind. */
  public long millisAhead(long version) {
    return (version >>> COUNTER_BITS) - time.currentTimeMillis();
  }
}
