// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.pending;

import io.syncengine.model.Outcome;
import io.syncengine.model.Revision;
import io.syncengine.spi.Entry;
import io.syncengine.spi.ItemOutcome;
import io.syncengine.spi.LogPlace;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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
  @Nullable Held previous;
  // While it waits for a batch; else null.
  FlushQueue.@Nullable Ticket ticket;
  // The newest revision confirmed by the ground truth; null for none.
  @Nullable Revision confirmed;
  // The newest revision of this id that the change follower has passed, or above held that was
  // read from below; null for none.
  @Nullable Revision followed;
  // Where the log holds the newest revision that it has and the ground truth lacks; null for none.
  @Nullable LogPlace logged;
  @Nullable Revision loggedRevision;
  // What of this write stands in the totals of Pending.
  long countedBytes;
  boolean countedSpilled;
  boolean countedDirty;
  // Who waits for the ground truth; null for nobody.
  private @Nullable List<Waiter> waiters;

  PendingWrite(String id, Held held) {
    this.id = id;
    this.held = held;
  }

  /** Whether the newest revision has not been confirmed. */
  boolean dirty() {
    return confirmed == null || held.compareTo(confirmed) > 0;
  }

  /** Whether the ground truth is known to hold something above the newest revision. */
  boolean overtaken() {
    return followed != null && held.compareTo(followed) < 0;
  }

  /** Whether the ground truth is known to hold something above an entry. Hashes on ties. */
  boolean isBelowFollowed(Entry entry) {
    return followed != null
        && entry.version() <= followed.version()
        && followed.isAbove(entry.revision());
  }

  void await(Waiter waiter) {
    if (waiters == null) {
      waiters = new ArrayList<>(1);
    }
    waiters.add(waiter);
  }

  boolean isAwaited() {
    return waiters != null && !waiters.isEmpty();
  }

  /** Tells those who wait for a revision, or for one that it covers, that it is persisted. */
  void answer(Revision persisted, ItemOutcome.Kind kind, List<Runnable> completions) {
    if (waiters == null) {
      return;
    }
    for (Iterator<Waiter> it = waiters.iterator(); it.hasNext(); ) {
      Waiter waiter = it.next();
      if (waiter.isCoveredBy(persisted)) {
        boolean same = waiter.receipt().revision().equals(persisted);
        completions.add(waiter.persisted(same ? outcome(waiter, kind) : Outcome.SUPERSEDED));
        it.remove();
      }
    }
  }

  /**
   * A write of an item as read that the ground truth has already is UNCHANGED; a new write that it
   * has already was applied by a try whose answer did not come.
   */
  private static Outcome outcome(Waiter waiter, ItemOutcome.Kind kind) {
    return switch (kind) {
      case STALE -> Outcome.SUPERSEDED;
      case UNCHANGED -> waiter.versionGiven() ? Outcome.UNCHANGED : Outcome.APPLIED;
      default -> Outcome.APPLIED;
    };
  }

  /**
   * Tells those who wait for a refused revision that it failed, but not those whom the write that
   * comes back covers.
   */
  void fail(
      Revision refused, @Nullable Held back, RuntimeException failure, List<Runnable> completions) {
    if (waiters == null) {
      return;
    }
    waiters.removeIf(
        waiter -> {
          boolean goesOn = back != null && waiter.isCoveredBy(back.revision());
          boolean fails = waiter.isCoveredBy(refused) && !goesOn;
          if (fails) {
            completions.add(waiter.failed(failure));
          }
          return fails;
        });
  }

  /** Tells all that it failed. */
  void failAll(Function<Waiter, RuntimeException> failure, List<Runnable> completions) {
    if (waiters != null) {
      waiters.forEach(waiter -> completions.add(waiter.failed(failure.apply(waiter))));
      waiters = null;
    }
  }

  long memoryBytes() {
    long bytes = INDEX_BYTES + 2L * id.length() + held.heldBytes();
    return previous == null ? bytes : bytes + INDEX_BYTES / 2 + previous.heldBytes();
  }
}
