// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.pending;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The ids that wait for the ground truth, oldest first, and who waits for all of them. An id gets a
 * rising ticket when it begins to wait; a barrier is passed when no ticket up to its own is left.
 * One batch is in flight at a time; an id written again meanwhile waits again, with a new ticket.
 *
 * <p>Safe from any thread: its monitor is taken after a stripe's, never before, and held for no
 * callback.
 */
final class FlushQueue {
  private final ArrayDeque<Ticket> waiting = new ArrayDeque<>();
  private final List<Barrier> barriers = new ArrayList<>();
  private List<Ticket> inFlight = List.of();
  private long bytes;
  private long lastTicket;
  private boolean urgent;

  private record Ticket(PendingWrite write, long number, long sinceNanos, int bytes) {}

  private record Barrier(long number, CompletableFuture<Void> passed) {}

  /** Lets an id wait, unless it does already. */
  synchronized void offer(PendingWrite write, long nowNanos, boolean hurry) {
    urgent |= hurry;
    if (write.queued) {
      return;
    }
    write.queued = true;
    int length = write.held.contentLength();
    waiting.addLast(new Ticket(write, ++lastTicket, nowNanos, length));
    bytes += length;
  }

  synchronized Waiting waiting() {
    Ticket oldest = waiting.peekFirst();
    return oldest == null
        ? Waiting.NOTHING
        : new Waiting(waiting.size(), bytes, oldest.sinceNanos, urgent || !barriers.isEmpty());
  }

  /** When the oldest unconfirmed id began to wait; {@code otherwise} if there is none. */
  synchronized long oldestNanos(long otherwise) {
    if (!inFlight.isEmpty()) {
      return inFlight.get(0).sinceNanos;
    }
    return waiting.isEmpty() ? otherwise : waiting.peekFirst().sinceNanos;
  }

  /** The oldest ids, each once, at least one if any waits; they are in flight from now on. */
  synchronized List<PendingWrite> take(int maxCount, long maxBytes) {
    List<Ticket> taken = new ArrayList<>(Math.min(maxCount, waiting.size()));
    Map<String, PendingWrite> batch = new LinkedHashMap<>();
    long batchBytes = 0;
    while (!waiting.isEmpty() && batch.size() < maxCount) {
      PendingWrite next = waiting.peekFirst().write;
      int length = next.held.contentLength();
      if (!batch.isEmpty() && batchBytes + length > maxBytes) {
        break;
      }
      Ticket ticket = waiting.pollFirst();
      bytes -= ticket.bytes;
      taken.add(ticket);
      next.queued = false;
      if (batch.put(next.id, next) == null) {
        batchBytes += length;
      }
    }
    inFlight = taken;
    urgent &= !waiting.isEmpty();
    return new ArrayList<>(batch.values());
  }

  /** The batch is done; the ids that {@code failed} names wait again, before all others. */
  synchronized void landed(Map<String, PendingWrite> failed) {
    Map<String, Ticket> again = new LinkedHashMap<>();
    for (Ticket ticket : inFlight) {
      if (failed.containsKey(ticket.write.id)) {
        again.putIfAbsent(ticket.write.id, ticket);
      }
    }
    List<Ticket> oldestFirst = new ArrayList<>(again.values());
    for (int i = oldestFirst.size() - 1; i >= 0; i--) {
      Ticket ticket = oldestFirst.get(i);
      ticket.write.queued = true;
      waiting.addFirst(ticket);
      bytes += ticket.bytes;
    }
    // What was due once stays due: whoever waits for it waits for no further batch to fill.
    urgent |= !again.isEmpty();
    inFlight = List.of();
  }

  /** A future that completes, on the thread that calls {@link #passed}, when all are through. */
  synchronized CompletableFuture<Void> barrier() {
    Barrier barrier = new Barrier(lastTicket, new CompletableFuture<>());
    if (waiting.isEmpty() && inFlight.isEmpty()) {
      barrier.passed.complete(null);
    } else {
      barriers.add(barrier);
    }
    return barrier.passed;
  }

  /** Takes out the barriers that are passed; the caller completes them outside the monitor. */
  synchronized List<CompletableFuture<Void>> passed() {
    long oldest = waiting.isEmpty() ? Long.MAX_VALUE : waiting.peekFirst().number;
    if (!inFlight.isEmpty()) {
      oldest = Math.min(oldest, inFlight.get(0).number);
    }
    List<CompletableFuture<Void>> done = new ArrayList<>();
    for (Iterator<Barrier> it = barriers.iterator(); it.hasNext(); ) {
      Barrier barrier = it.next();
      if (barrier.number < oldest) {
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
