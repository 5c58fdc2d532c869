// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.resilience;

import io.syncengine.resilience.CircuitBreaker.Settings;
import java.util.BitSet;

/** How the last calls went: a ring of so many. */
final class CallWindow {
  private final int size;
  private final BitSet failed;
  private final BitSet slow;
  private int next;
  private int count;

  CallWindow(int size) {
    this.size = size;
    this.failed = new BitSet(size);
    this.slow = new BitSet(size);
  }

  void add(boolean hasFailed, boolean wasSlow) {
    failed.set(next, hasFailed);
    slow.set(next, wasSlow);
    next = (next + 1) % size;
    count = Math.min(size, count + 1);
  }

  int count() {
    return count;
  }

  /** Whether failures or slow calls are too many for so many calls. */
  boolean tooMany(Settings settings, int calls) {
    return failed.cardinality() >= settings.failureRate() * calls
        || slow.cardinality() >= settings.slowRate() * calls;
  }
}
