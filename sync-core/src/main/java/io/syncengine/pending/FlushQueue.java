// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.pending;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The ids that wait for the ground truth, oldest first, and who waits for all of them. An id gets a
 * rising ticket when it begins to wait; a barrier is passed when no ticket up to its own is left.
 * One batch is in flight at a time; an id written again meanwhile waits again. What failed keeps
 * its ticket, and so its age and its place before what came later, but may have to wait out a pause
 * while the others go on.
 *
 * <p>Safe from any thread: its monitor, which also guards the tickets, is taken after a stripe's,
 * never before, and held for no callback.
 */
final class FlushQueue {
  /** One wait of one id. It counts only while its write names it; what is replaced is skipped. */
  static final class Ticket {
    final PendingWrite write;
    private final long number;
    private final long sinceNanos;
    private final int bytes;
    private int tries;
    private boolean alone;
    private long dueNanos;

    private Ticket(PendingWrite write, long number, long sinceNanos) {
      this.write = write;
      this.number = number;
      this.sinceNanos = sinceNanos;
      this.bytes = write.held.contentLength();
    }

    private boolean counts() {
      return write.ticket == this;
    }
  }

  private static final int COMPACT_ABOVE = 64;

  private record Barrier(long number, CompletableFuture<Void> passed) {}

  private final ArrayDeque<Ticket> fresh = new ArrayDeque<>();
  private final TreeMap<Long, Ticket> failed = new TreeMap<>();
  private final List<Barrier> barriers = new ArrayList<>();
  private List<Ticket> inFlight = List.of();
  private int count;
  private long bytes;
  private long lastTicket;
  private boolean urgent;
  private boolean aloneLast;
  // When the first of those that failed is due, while that is known.
  private long retryAtNanos;
  private boolean retryKnown;

  /** Lets an id wait, unless it does already; {@code hurry} also ends the pause of a failed one. */
  synchronized void offer(PendingWrite write, long nowNanos, boolean hurry) {
    urgent |= hurry;
    if (write.ticket == null) {
      Ticket ticket = new Ticket(write, ++lastTicket, nowNanos);
      write.ticket = ticket;
      fresh.addLast(ticket);
      count++;
      bytes += ticket.bytes;
    } else if (hurry) {
      write.ticket.dueNanos = nowNanos;
      retryKnown = false;
    }
  }

  synchronized Waiting waiting(long nowNanos) {
    Ticket oldest = oldestFresh();
    long since = oldest == null ? 0 : oldest.sinceNanos;
    boolean hurry = urgent || !barriers.isEmpty();
    return new Waiting(count, bytes, since, hurry, nanosUntilRetry(nowNanos));
  }

  private @Nullable Ticket oldestFresh() {
    while (!fresh.isEmpty() && !fresh.peekFirst().counts()) {
      fresh.pollFirst();
    }
    return fresh.peekFirst();
  }

  private long nanosUntilRetry(long nowNanos) {
    if (failed.isEmpty()) {
      return Long.MAX_VALUE;
    }
    if (!retryKnown) {
      retryAtNanos = failed.firstEntry().getValue().dueNanos;
      for (Ticket ticket : failed.values()) {
        if (ticket.dueNanos - retryAtNanos < 0) {
          retryAtNanos = ticket.dueNanos;
        }
      }
      retryKnown = true;
    }
    return Math.max(0, retryAtNanos - nowNanos);
  }

  /** How many ids failed and wait to be tried again. */
  synchronized int failed() {
    return failed.size();
  }

  /** Ends the pauses of all that failed. */
  synchronized void retryNow(long nowNanos) {
    failed.values().forEach(ticket -> ticket.dueNanos = nowNanos);
    retryKnown = false;
  }

  /** When the oldest unconfirmed id began to wait; {@code otherwise} if there is none. */
  synchronized long oldestNanos(long otherwise) {
    Ticket oldest = oldest();
    return oldest == null ? otherwise : oldest.sinceNanos;
  }

  private @Nullable Ticket oldest() {
    Ticket oldest = failed.isEmpty() ? oldestFresh() : failed.firstEntry().getValue();
    for (Ticket ticket : inFlight) {
      if (oldest == null || ticket.number < oldest.number) {
        oldest = ticket;
      }
    }
    return oldest;
  }

  /**
   * The oldest ids that are due, each once, at least one if any is; they are in flight from now on.
   * One that has to go alone takes turns with the others.
   */
  synchronized List<PendingWrite> take(int maxCount, long maxBytes, long nowNanos) {
    Batch batch = new Batch(maxCount, maxBytes);
    Ticket alone = aloneLast ? null : dueAlone(nowNanos);
    if (alone == null) {
      takeFailed(batch, nowNanos);
      takeFresh(batch);
      if (batch.taken.isEmpty()) {
        alone = dueAlone(nowNanos);
      }
    }
    if (alone != null) {
      failed.remove(alone.number);
      batch.add(alone);
    }
    aloneLast = alone != null;
    retryKnown = false;
    inFlight = batch.taken;
    urgent &= count > 0;
    List<PendingWrite> writes = new ArrayList<>(inFlight.size());
    inFlight.forEach(ticket -> writes.add(ticket.write));
    return writes;
  }

  private @Nullable Ticket dueAlone(long nowNanos) {
    for (Ticket ticket : failed.values()) {
      if (ticket.alone && ticket.dueNanos - nowNanos <= 0) {
        return ticket;
      }
    }
    return null;
  }

  private void takeFailed(Batch batch, long nowNanos) {
    Iterator<Ticket> tickets = failed.values().iterator();
    while (tickets.hasNext()) {
      Ticket ticket = tickets.next();
      if (ticket.alone || ticket.dueNanos - nowNanos > 0) {
        continue;
      }
      if (!batch.fits(ticket)) {
        return;
      }
      tickets.remove();
      batch.add(ticket);
    }
  }

  private void takeFresh(Batch batch) {
    for (Ticket next = oldestFresh(); next != null && batch.fits(next); next = oldestFresh()) {
      fresh.pollFirst();
      count--;
      bytes -= next.bytes;
      batch.add(next);
    }
  }

  /** What is taken together. */
  private static final class Batch {
    final List<Ticket> taken = new ArrayList<>();
    private final int maxCount;
    private final long maxBytes;
    private long bytes;

    Batch(int maxCount, long maxBytes) {
      this.maxCount = maxCount;
      this.maxBytes = maxBytes;
    }

    boolean fits(Ticket ticket) {
      int length = ticket.write.held.contentLength();
      return taken.isEmpty() || (taken.size() < maxCount && bytes + length <= maxBytes);
    }

    void add(Ticket ticket) {
      taken.add(ticket);
      bytes += ticket.write.held.contentLength();
      ticket.write.ticket = null;
    }
  }

  /**
   * The batch is done.
   *
   * @param again the ids that failed for now, and how they are tried again
   * @param pause nanoseconds that an id waits after so many tries
   */
  synchronized void landed(Map<String, Retry> again, long nowNanos, IntToLongFunction pause) {
    for (Ticket ticket : inFlight) {
      Retry retry = again.get(ticket.write.id);
      if (retry != null) {
        ticket.tries++;
        ticket.alone = retry == Retry.ALONE;
        boolean atOnce = retry == Retry.AT_ONCE;
        ticket.dueNanos = atOnce ? nowNanos : nowNanos + pause.applyAsLong(ticket.tries);
        putBack(ticket);
      }
    }
    retryKnown = false;
    inFlight = List.of();
  }

  private void putBack(Ticket ticket) {
    Ticket newer = ticket.write.ticket;
    ticket.write.ticket = ticket;
    failed.put(ticket.number, ticket);
    if (newer != null) {
      // Written again meanwhile: it keeps its old place and age.
      count--;
      bytes -= newer.bytes;
      if (fresh.size() > 2 * count + COMPACT_ABOVE) {
        fresh.removeIf(t -> !t.counts());
      }
    }
  }

  /** A future that completes, on the thread that calls {@link #passed}, when all are through. */
  synchronized CompletableFuture<Void> barrier() {
    Barrier barrier = new Barrier(lastTicket, new CompletableFuture<>());
    if (oldest() == null) {
      barrier.passed.complete(null);
    } else {
      barriers.add(barrier);
    }
    return barrier.passed;
  }

  /** Takes out the barriers that are passed; the caller completes them outside the monitor. */
  synchronized List<CompletableFuture<Void>> passed() {
    Ticket oldest = oldest();
    long lowest = oldest == null ? Long.MAX_VALUE : oldest.number;
    List<CompletableFuture<Void>> done = new ArrayList<>();
    for (Iterator<Barrier> it = barriers.iterator(); it.hasNext(); ) {
      Barrier barrier = it.next();
      if (barrier.number < lowest) {
        done.add(barrier.passed);
        it.remove();
      }
    }
    return done;
  }

  /** Gives a barrier up, as when its caller's time is over. */
  synchronized void abandon(CompletableFuture<Void> passed) {
    barriers.removeIf(b -> b.passed == passed);
  }
}
