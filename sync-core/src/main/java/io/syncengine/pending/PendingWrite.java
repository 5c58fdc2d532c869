// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.pending;

import io.syncengine.model.Revision;
import io.syncengine.spi.LogPlace;
import java.util.ArrayList;
import java.util.List;

/**
 * What pending knows of one id. All fields are guarded by the id's stripe lock, except {@code
 * held}, which is written under it and read by anyone, and {@code ticket}, which belongs to {@link
 * FlushQueue}.
 */
final class PendingWrite {
  /** Bytes of heap that one id takes beside its name and content; measured, rounded up. */
  private static final int INDEX_BYTES = 240;

  final String id;
  volatile Held held;
  // The acknowledged write that held has replaced before the ground truth saw it; null for none.
  // It comes back if the ground truth refuses held.
  Held previous;
  // While it waits for a batch; else null.
  FlushQueue.Ticket ticket;
  // The newest revision confirmed by the ground truth; null for none.
  Revision confirmed;
  // The newest revision of this id that the change follower has passed; null for none.
  Revision followed;
  // Where the log holds the newest revision that it has and the ground truth lacks; null for none.
  LogPlace logged;
  Revision loggedRevision;
  List<Waiter> waiters;
  // What of this write stands in the totals of Pending.
  long countedBytes;
  boolean countedSpilled;
  boolean countedDirty;

  PendingWrite(String id) {
    this.id = id;
  }

  /** Whether the newest revision has not been confirmed. */
  boolean dirty() {
    return confirmed == null || held.compareTo(confirmed) > 0;
  }

  /** Whether the follower has passed something above a revision. */
  boolean overtaken() {
    return followed != null && held.compareTo(followed) < 0;
  }

  void await(Waiter waiter) {
    if (waiters == null) {
      waiters = new ArrayList<>(1);
    }
    waiters.add(waiter);
  }

  long memoryBytes() {
    long bytes = INDEX_BYTES + 2L * id.length() + held.heldBytes();
    return previous == null ? bytes : bytes + INDEX_BYTES / 2 + previous.heldBytes();
  }
}
