// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.pending;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Locks and counters by id. Whoever changes what readers see of an id holds its lock and bumps its
 * counter first; whoever fills memory with something loaded holds the lock and finds the counter as
 * it was before the load began. So nothing that was loaded before a change is shown after it.
 *
 * <p>A stripe also remembers the highest version that the ground truth is known to hold of any of
 * its ids: a write at or below it may have been overtaken.
 *
 * <p>The locks are monitors, held for a few map operations, never over I/O or a callback. Counters
 * are written under the lock and read by anyone, in volatile mode.
 */
public final class Stripes {
  private static final int COUNT = 1024;

  private final Object[] locks = new Object[COUNT];
  private final AtomicLongArray stamps = new AtomicLongArray(COUNT);
  // Guarded by the lock of the same index.
  private final long[] highest = new long[COUNT];

  /** Makes stripes whose counters stand at zero. */
  public Stripes() {
    for (int i = 0; i < COUNT; i++) {
      locks[i] = new Object();
    }
  }

  /** The lock of an id. */
  public Object lock(String id) {
    return locks[index(id)];
  }

  /** The counter of an id. */
  public long stamp(String id) {
    return stamps.get(index(id));
  }

  /** Makes all loads of an id that have begun unfit to fill or to be joined. Under the lock. */
  void bump(String id) {
    int i = index(id);
    stamps.setRelease(i, stamps.getPlain(i) + 1);
  }

  /** The ground truth holds a version of an id. Under the lock. */
  void sawVersion(String id, long version) {
    int i = index(id);
    highest[i] = Math.max(highest[i], version);
  }

  /** The highest version seen in the id's stripe. Under the lock. */
  long highestVersion(String id) {
    return highest[index(id)];
  }

  /** Makes every load that has begun unfit. */
  void bumpAll() {
    for (int i = 0; i < COUNT; i++) {
      synchronized (locks[i]) {
        stamps.setRelease(i, stamps.getPlain(i) + 1);
      }
    }
  }

  private static int index(String id) {
    int h = id.hashCode();
    return (h ^ h >>> 15) & COUNT - 1;
  }
}
