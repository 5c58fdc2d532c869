// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** How fast a work has been going for the last few seconds. For one thread. */
final class Pace {
  private static final long WINDOW = Duration.ofSeconds(5).toNanos();

  private final Deque<Point> points = new ArrayDeque<>();

  Pace() {}

  /**
   * How far a work is.
   *
   * @param nanos when, from the work's start
   * @param count how many things are done
   * @param done how much of the total is done
   * @param total the total; 0 if it is not known
   */
  record Point(long nanos, long count, long done, long total) {
    boolean isKnown() {
      return total > 0;
    }

    /** The part that is done, from 0 to 1. */
    double part() {
      return Math.min(1, (double) done / total);
    }
  }

  /** Takes a point, later than the one before. */
  void add(Point point) {
    points.addLast(point);
    while (points.size() > 2 && point.nanos() - points.getFirst().nanos() > WINDOW) {
      points.removeFirst();
    }
  }

  /** Things a second. */
  double rate() {
    return perSecond(last().count() - points.getFirst().count());
  }

  /** Seconds until the total is reached; -1 if nobody can say. */
  long secondsLeft() {
    double speed = perSecond(last().done() - points.getFirst().done());
    if (!last().isKnown() || speed <= 0) {
      return -1;
    }
    return (long) Math.ceil(Math.max(0, last().total() - last().done()) / speed);
  }

  Point last() {
    return points.getLast();
  }

  private double perSecond(long amount) {
    long nanos = last().nanos() - points.getFirst().nanos();
    return nanos <= 0 ? 0 : amount * 1e9 / nanos;
  }
}
