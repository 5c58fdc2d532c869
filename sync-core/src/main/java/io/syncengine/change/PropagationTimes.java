// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.change;

import java.time.Duration;
import java.util.Arrays;

/**
 * How long it took until commits of other instances were followed here: the newest of them. Safe
 * from any thread; everything is guarded by the monitor.
 */
public final class PropagationTimes {
  private static final int KEPT = 1024;

  private final long[] millis = new long[KEPT];
  private long count;

  /** Makes it empty. */
  public PropagationTimes() {}

  /** Takes one in; clocks that disagree can make it negative, which counts as none. */
  public synchronized void add(long afterMillis) {
    millis[(int) (count++ % KEPT)] = Math.max(0, afterMillis);
  }

  /** The least time that a share of them did not exceed; zero if there is none. */
  public Duration quantile(double share) {
    long[] sorted;
    synchronized (this) {
      sorted = Arrays.copyOf(millis, (int) Math.min(count, KEPT));
    }
    if (sorted.length == 0) {
      return Duration.ZERO;
    }
    Arrays.sort(sorted);
    return Duration.ofMillis(sorted[(int) Math.ceil(share * sorted.length) - 1]);
  }
}
