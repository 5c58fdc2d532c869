// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.pending;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What pending holds altogether. A write is brought up to date under its stripe's lock, which
 * guards what stands of it in the sums; the sums themselves are read by anyone.
 */
final class Totals {
  private final AtomicLong memoryBytes = new AtomicLong();
  private final AtomicLong spilled = new AtomicLong();
  private final AtomicLong dirty = new AtomicLong();

  /** Brings the sums up to date with a write that is here. */
  void update(PendingWrite write) {
    count(write, write.memoryBytes(), write.held.entry() == null, write.dirty());
  }

  /** Takes a write out. */
  void remove(PendingWrite write) {
    count(write, 0, false, false);
  }

  private void count(PendingWrite write, long bytes, boolean isSpilled, boolean isDirty) {
    memoryBytes.addAndGet(bytes - write.countedBytes);
    add(spilled, write.countedSpilled, isSpilled);
    add(dirty, write.countedDirty, isDirty);
    write.countedBytes = bytes;
    write.countedSpilled = isSpilled;
    write.countedDirty = isDirty;
  }

  private static void add(AtomicLong sum, boolean before, boolean now) {
    if (before != now) {
      sum.addAndGet(now ? 1 : -1);
    }
  }

  long memoryBytes() {
    return memoryBytes.get();
  }

  long spilled() {
    return spilled.get();
  }

  long dirty() {
    return dirty.get();
  }
}
