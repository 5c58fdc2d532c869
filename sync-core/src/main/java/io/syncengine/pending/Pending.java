// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.pending;

import io.syncengine.model.ItemId;
import io.syncengine.model.Outcome;
import io.syncengine.model.Revision;
import io.syncengine.model.SyncItem;
import io.syncengine.pending.PendingWrite.Held;
import io.syncengine.spi.Change;
import io.syncengine.spi.Entry;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.FailPoints;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.ItemOutcome;
import io.syncengine.spi.LogPlace;
import io.syncengine.spi.MemoryTier;
import io.syncengine.spi.TimeSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Every id that the ground truth has not confirmed, or whose change row this instance has not
 * followed yet: its newest revision, and its content or, when spilled, the place of it in the log.
 * The only one who changes what memory shows of an id that is written.
 *
 * <p>Each change of an id is made under its stripe's lock: first memory forgets the id, then the
 * map changes, then memory gets the new item. A reader, who takes no lock and looks into memory
 * first, so never finds an older item there after it has found a newer one here. Completions of
 * waiting callers are collected under the lock and handed to the callback executor after it.
 */
public final class Pending {
  private final ConcurrentHashMap<String, PendingWrite> writes = new ConcurrentHashMap<>();
  private final FlushQueue queue = new FlushQueue();
  private final LogFloor floor = new LogFloor();
  private final AtomicLong memoryBytes = new AtomicLong();
  private final AtomicLong spilled = new AtomicLong();
  private final AtomicLong dirty = new AtomicLong();
  private final Stripes stripes;
  private final MemoryTier memory;
  private final TimeSource time;
  private final FailPoints failPoints;
  private final Consumer<Runnable> callbacks;
  // Bytes above which contents that the log holds are given back to it. Any thread, volatile.
  private volatile long spillAbove = Long.MAX_VALUE;

  /**
   * Makes an empty one.
   *
   * @param callbacks runs completions, in order of the calls
   */
  public Pending(
      Stripes stripes,
      MemoryTier memory,
      TimeSource time,
      FailPoints failPoints,
      Consumer<Runnable> callbacks) {
    this.stripes = stripes;
    this.memory = memory;
    this.time = time;
    this.failPoints = failPoints;
    this.callbacks = callbacks;
  }

  /** What a reader finds here. */
  public sealed interface Found {
    /** A value or a tombstone. */
    record Known(Entry entry) implements Found {}

    /** The log has the content. */
    record InLog(LogPlace place, Revision revision) implements Found {}
  }

  /** Sets the bytes above which contents are given back to the log. */
  public void spillAbove(long bytes) {
    spillAbove = bytes;
  }

  /**
   * Shows a write to readers and lets it wait for the flusher.
   *
   * @param place where the log holds it, or null
   * @param inDoubt whether the ground truth may hold a higher revision that memory does not know
   * @param waiter who waits for the ground truth, or null
   * @return APPLIED; UNCHANGED if it was here; SUPERSEDED if a higher one is
   */
  public Outcome publish(Entry entry, LogPlace place, boolean inDoubt, Waiter waiter) {
    String id = entry.id();
    List<Runnable> completions = new ArrayList<>(1);
    Outcome outcome;
    synchronized (stripes.lock(id)) {
      PendingWrite write = writes.get(id);
      int order = write == null ? -1 : write.held.compareTo(entry);
      if (order < 0) {
        outcome = Outcome.APPLIED;
        replace(write == null ? new PendingWrite(id) : write, entry, place, inDoubt);
      } else {
        outcome = order == 0 ? Outcome.UNCHANGED : Outcome.SUPERSEDED;
        if (place != null) {
          // Also below a higher one, which may have been shown before it is logged (MEMORY).
          logged(write, entry, place);
        }
      }
      if (waiter != null) {
        attach(writes.get(id), waiter, outcome, completions);
      }
    }
    Waiter.run(completions, callbacks);
    return outcome;
  }

  private void replace(PendingWrite write, Entry entry, LogPlace place, boolean inDoubt) {
    String id = write.id;
    boolean known = write.held != null;
    long before = known ? write.memoryBytes() : 0;
    boolean wasDirty = known && write.dirty();
    stripes.bump(id);
    memory.invalidate(id);
    if (known) {
      unspill(write.held);
    }
    write.held = Held.of(entry, null);
    write.doubtful |= inDoubt;
    writes.put(id, write);
    memoryBytes.addAndGet(write.memoryBytes() - before);
    if (!wasDirty) {
      dirty.incrementAndGet();
    }
    if (place != null) {
      logged(write, entry, place);
    }
    queue.offer(write, time.nanoTime(), false);
    if (!entry.tombstone() && !write.doubtful) {
      memory.put(entry.toItem());
    }
  }

  private void attach(
      PendingWrite write, Waiter waiter, Outcome outcome, List<Runnable> completions) {
    if (write.dirty()) {
      write.await(waiter);
      queue.offer(write, time.nanoTime(), true);
    } else {
      completions.add(waiter.persisted(outcome));
    }
  }

  /** A write that was shown before it was logged is in the log now. */
  public void logged(Entry entry, LogPlace place) {
    synchronized (stripes.lock(entry.id())) {
      PendingWrite write = writes.get(entry.id());
      if (write != null) {
        logged(write, entry, place);
      }
    }
  }

  private void logged(PendingWrite write, Entry entry, LogPlace place) {
    Revision revision = entry.revision();
    if (write.confirmed != null && revision.compareTo(write.confirmed) <= 0) {
      return;
    }
    if (revision.isAbove(write.loggedRevision)) {
      releaseLog(write);
      write.logged = place;
      write.loggedRevision = revision;
      floor.retain(place.group());
    }
    Held held = write.held;
    if (held.place() == null && held.compareTo(entry) == 0) {
      write.held = new Held(held.entry(), null, place, held.contentLength());
      spillIfCrowded(write);
    }
  }

  private void releaseLog(PendingWrite write) {
    if (write.logged != null) {
      floor.release(write.logged.group());
      write.logged = null;
      write.loggedRevision = null;
    }
  }

  private void spillIfCrowded(PendingWrite write) {
    Held held = write.held;
    if (memoryBytes.get() > spillAbove
        && held.place() != null
        && held.contentLength() > 0
        && held.entry() != null
        && failPoints.proceed(FailPoint.SPILL)) {
      write.held = held.spill();
      memoryBytes.addAndGet(-held.contentLength());
      spilled.incrementAndGet();
    }
  }

  private void unspill(Held held) {
    if (held.entry() == null) {
      spilled.decrementAndGet();
    }
  }

  /** What is here of an id, or null. */
  public Found find(String id) {
    PendingWrite write = writes.get(id);
    return write == null ? null : found(write.held);
  }

  private static Found found(Held held) {
    return held.entry() != null
        ? new Found.Known(held.entry())
        : new Found.InLog(held.place(), held.spilled());
  }

  /** Whether the ground truth may hold more than what is here of an id. */
  public boolean inDoubt(String id) {
    PendingWrite write = writes.get(id);
    return write != null && write.doubtful;
  }

  /**
   * Where the newest write of an id stands.
   *
   * @param revision its revision
   * @param logged whether the log holds it
   * @param confirmed whether the ground truth does
   */
  public record Standing(Revision revision, boolean logged, boolean confirmed) {}

  /** Where the newest write of an id stands, if it is here. May hash the content. */
  public Optional<Standing> standing(String id) {
    synchronized (stripes.lock(id)) {
      PendingWrite write = writes.get(id);
      if (write == null) {
        return Optional.empty();
      }
      Held held = write.held;
      return Optional.of(new Standing(held.revision(), held.place() != null, !write.dirty()));
    }
  }

  /**
   * Lets a caller wait for a write that is here already.
   *
   * @return false if it has been confirmed, or is not here: there is nothing to wait for
   */
  public boolean await(String id, Waiter waiter) {
    synchronized (stripes.lock(id)) {
      PendingWrite write = writes.get(id);
      if (write == null || !write.dirty()) {
        return false;
      }
      write.await(waiter);
      queue.offer(write, time.nanoTime(), true);
      return true;
    }
  }

  /**
   * The revision that memory or pending knows of an id is compared with an entry's.
   *
   * @return negative, zero or positive as it is below, equal or above; negative if nothing is known
   */
  public int compareKnown(Entry entry) {
    synchronized (stripes.lock(entry.id())) {
      PendingWrite write = writes.get(entry.id());
      if (write != null) {
        return write.held.compareTo(entry);
      }
      SyncItem item = memory.peek(entry.id());
      if (item == null) {
        return -1;
      }
      return item.version() != entry.version()
          ? Long.compare(item.version(), entry.version())
          : item.revision().compareTo(entry.revision());
    }
  }

  /** Whether memory or pending knows anything of an id. */
  public boolean knows(String id) {
    return writes.containsKey(id) || memory.peek(id) != null;
  }

  /**
   * Takes the oldest writes for a batch. Contents that were spilled are read from the log, on this
   * thread.
   *
   * @param fromLog reads an entry of the log; empty if it was truncated
   * @return sorted by id bytes, each id once; empty if none waits
   */
  public List<Entry> take(
      int maxCount, long maxBytes, Function<LogPlace, Optional<Entry>> fromLog) {
    List<PendingWrite> taken = queue.take(maxCount, maxBytes);
    List<Entry> batch = new ArrayList<>(taken.size());
    try {
      for (PendingWrite write : taken) {
        Held held = heldIfDirty(write);
        if (held != null) {
          Optional<Entry> entry =
              held.entry() != null ? Optional.of(held.entry()) : fromLog.apply(held.place());
          batch.add(entry.orElseThrow(() -> new IllegalStateException("a needed group is gone")));
        }
      }
    } catch (RuntimeException e) {
      Map<String, PendingWrite> all = new HashMap<>();
      taken.forEach(write -> all.put(write.id, write));
      queue.landed(all);
      throw e;
    }
    batch.sort(Comparator.comparing(Entry::id, ItemId.BYTE_ORDER));
    return batch;
  }

  private Held heldIfDirty(PendingWrite write) {
    synchronized (stripes.lock(write.id)) {
      return writes.get(write.id) == write && write.dirty() ? write.held : null;
    }
  }

  /**
   * Takes in what the ground truth did with a write.
   *
   * @param entry the write as it was sent
   * @param kind APPLIED, UNCHANGED or STALE
   * @param awaitFollower whether it stays until the follower has passed its change row
   * @return whether the write was overtaken
   */
  public boolean confirm(Entry entry, ItemOutcome.Kind kind, boolean awaitFollower) {
    boolean stale = kind == ItemOutcome.Kind.STALE;
    Revision revision = entry.revision();
    List<Runnable> completions = new ArrayList<>();
    synchronized (stripes.lock(entry.id())) {
      PendingWrite write = writes.get(entry.id());
      if (write == null) {
        return stale;
      }
      boolean wasDirty = write.dirty();
      if (revision.isAbove(write.confirmed)) {
        write.confirmed = revision;
      }
      if (wasDirty && !write.dirty()) {
        dirty.decrementAndGet();
      }
      if (write.loggedRevision != null && !write.loggedRevision.isAbove(revision)) {
        releaseLog(write);
      }
      collect(write, revision, kind, completions);
      if (!write.dirty()) {
        boolean passed = write.followed != null && !revision.isAbove(write.followed);
        if (stale) {
          forget(write);
        } else {
          trust(write);
          if (!awaitFollower || passed) {
            remove(write);
          }
        }
      }
    }
    Waiter.run(completions, callbacks);
    return stale;
  }

  /** The ground truth holds exactly this now: it may be shown without asking. */
  private void trust(PendingWrite write) {
    Entry entry = write.held.entry();
    boolean overtaken = write.followed != null && write.held.compareTo(write.followed) < 0;
    if (write.doubtful && !overtaken) {
      write.doubtful = false;
      // Loads that were made because of the doubt have not seen this commit.
      stripes.bump(write.id);
      if (entry != null && !entry.tombstone()) {
        memory.put(entry.toItem());
      }
    }
  }

  private static void collect(
      PendingWrite write, Revision revision, ItemOutcome.Kind kind, List<Runnable> completions) {
    if (write.waiters == null) {
      return;
    }
    for (Iterator<Waiter> it = write.waiters.iterator(); it.hasNext(); ) {
      Waiter waiter = it.next();
      if (waiter.isCoveredBy(revision)) {
        boolean same = waiter.receipt().revision().equals(revision);
        completions.add(waiter.persisted(same ? outcome(write, kind) : Outcome.SUPERSEDED));
        it.remove();
      }
    }
  }

  /**
   * A write of an item as read that the ground truth has already is UNCHANGED; a new write that it
   * has already was applied by a try whose answer did not come.
   */
  private static Outcome outcome(PendingWrite write, ItemOutcome.Kind kind) {
    return switch (kind) {
      case STALE -> Outcome.SUPERSEDED;
      case UNCHANGED -> write.doubtful ? Outcome.UNCHANGED : Outcome.APPLIED;
      default -> Outcome.APPLIED;
    };
  }

  /** Removes an id and what memory shows of it: the ground truth holds something else. */
  private void forget(PendingWrite write) {
    stripes.bump(write.id);
    memory.invalidate(write.id);
    remove(write);
  }

  private void remove(PendingWrite write) {
    writes.remove(write.id);
    unspill(write.held);
    memoryBytes.addAndGet(-write.memoryBytes());
    releaseLog(write);
  }

  /**
   * Takes a write out that the ground truth refused for good: readers see what the ground truth
   * holds, and whoever waited for it gets the failure.
   */
  public void withdraw(Entry entry, RuntimeException failure) {
    Revision revision = entry.revision();
    List<Runnable> completions = new ArrayList<>();
    synchronized (stripes.lock(entry.id())) {
      PendingWrite write = writes.get(entry.id());
      if (write == null) {
        return;
      }
      if (write.waiters != null) {
        write.waiters.removeIf(
            waiter -> {
              boolean covered = waiter.isCoveredBy(revision);
              if (covered) {
                completions.add(waiter.failed(failure));
              }
              return covered;
            });
      }
      if (write.loggedRevision != null && !write.loggedRevision.isAbove(revision)) {
        releaseLog(write);
      }
      if (write.held.compareTo(revision) == 0) {
        dirty.decrementAndGet();
        forget(write);
      }
    }
    Waiter.run(completions, callbacks);
  }

  /** The batch is done. The entries in {@code failed} wait again, before all others. */
  public void landed(List<Entry> failed) {
    Map<String, PendingWrite> again = new HashMap<>();
    for (Entry entry : failed) {
      PendingWrite write = writes.get(entry.id());
      if (write != null) {
        again.put(entry.id(), write);
      }
    }
    queue.landed(again);
    completeBarriers();
  }

  private void completeBarriers() {
    queue.passed().forEach(f -> f.complete(null));
  }

  /**
   * A change of the ground truth is followed: memory forgets what is older, and a write that it
   * confirms may go.
   */
  public void followed(Change change) {
    String id = change.id();
    Revision revision = change.revision();
    synchronized (stripes.lock(id)) {
      stripes.bump(id);
      SyncItem item = memory.peek(id);
      if (item != null && isBelow(item, revision)) {
        memory.invalidate(id);
      }
      PendingWrite write = writes.get(id);
      if (write == null) {
        return;
      }
      if (revision.isAbove(write.followed)) {
        write.followed = revision;
      }
      int order = write.held.compareTo(revision);
      if (order < 0) {
        write.doubtful = true;
        memory.invalidate(id);
      } else if (order == 0 && !write.dirty()) {
        remove(write);
      }
    }
  }

  private static boolean isBelow(SyncItem item, Revision revision) {
    return item.version() != revision.version()
        ? item.version() < revision.version()
        : revision.isAbove(item.revision());
  }

  /**
   * Removes confirmed writes whose change row can no longer come by itself: the follower has passed
   * everything that was there when a poll began after their confirmation.
   *
   * @param confirmedBefore the ids to look at
   */
  public void settle(Iterable<Entry> confirmedBefore) {
    for (Entry entry : confirmedBefore) {
      synchronized (stripes.lock(entry.id())) {
        PendingWrite write = writes.get(entry.id());
        if (write != null && !write.dirty() && write.held.compareTo(entry) == 0) {
          remove(write);
        }
      }
    }
  }

  /** Fills memory with what was loaded, if nothing has changed since the load began. */
  public void fill(SyncItem item, long stamp) {
    String id = item.id();
    synchronized (stripes.lock(id)) {
      boolean unchanged = stripes.stamp(id) == stamp && !writes.containsKey(id);
      if (unchanged || !failPoints.proceed(FailPoint.FILL_FENCE)) {
        memory.put(item);
      }
    }
  }

  /**
   * The ground truth has another history: forgets everything that memory holds, makes all loads
   * unfit to fill, lets go of confirmed writes, whose change rows may never come, and doubts the
   * others.
   */
  public void forgetMemory() {
    stripes.bumpAll();
    memory.clear();
    for (PendingWrite write : writes.values()) {
      synchronized (stripes.lock(write.id)) {
        if (writes.get(write.id) == write) {
          memory.invalidate(write.id);
          write.doubtful = true;
          if (!write.dirty()) {
            remove(write);
          }
        }
      }
    }
  }

  /** What waits for the flusher now. */
  public Waiting waiting() {
    return queue.waiting();
  }

  /** Completes, on the flusher's thread, when all writes that are here now are through. */
  public CompletableFuture<Void> barrier() {
    CompletableFuture<Void> passed = queue.barrier();
    completeBarriers();
    return passed;
  }

  /** Gives a barrier up. */
  public void abandon(CompletableFuture<Void> barrier) {
    queue.abandon(barrier);
  }

  /** The lowest log group that is needed; {@code otherwise} if none is. */
  public long lowestLogGroup(long otherwise) {
    return floor.lowest(otherwise);
  }

  /** Ids here. */
  public long count() {
    return writes.size();
  }

  /** Ids that the ground truth has not confirmed. */
  public long unconfirmed() {
    return dirty.get();
  }

  /** Ids whose content is in the log alone. */
  public long spilled() {
    return spilled.get();
  }

  /** Bytes of memory that all this takes, index included. */
  public long memoryBytes() {
    return memoryBytes.get();
  }

  /** How long the oldest unconfirmed write has waited, in nanoseconds; 0 if there is none. */
  public long oldestNanos() {
    long now = time.nanoTime();
    return Math.max(0, now - queue.oldestNanos(now));
  }

  /** What is here of a range now, by rising id bytes. */
  public List<Frozen> freeze(IdRange range) {
    List<Frozen> frozen = new ArrayList<>();
    for (PendingWrite write : writes.values()) {
      if (range.contains(write.id)) {
        frozen.add(new Frozen(write.id, found(write.held), write.doubtful));
      }
    }
    frozen.sort(Comparator.comparing(Frozen::id, ItemId.BYTE_ORDER));
    return frozen;
  }

  /**
   * One id of a frozen range.
   *
   * @param doubtful whether the ground truth may hold more
   */
  public record Frozen(String id, Found found, boolean doubtful) {}

  /** Calls back for each unconfirmed id with whether the log holds its newest write. */
  public void forEachUnconfirmed(UnconfirmedVisitor visitor) {
    for (PendingWrite write : writes.values()) {
      synchronized (stripes.lock(write.id)) {
        if (writes.get(write.id) == write && write.dirty()) {
          visitor.visit(write.id, write.held.place() != null);
        }
      }
    }
  }

  /** Receives unconfirmed ids; called under a stripe's lock, so it only takes notes. */
  @FunctionalInterface
  public interface UnconfirmedVisitor {
    /** Takes one id. */
    void visit(String id, boolean logged);
  }

  /** Fails everybody who still waits: the engine ends. */
  public void failWaiters(Function<Waiter, RuntimeException> failure) {
    List<Runnable> completions = new ArrayList<>();
    for (PendingWrite write : writes.values()) {
      synchronized (stripes.lock(write.id)) {
        if (write.waiters != null) {
          write.waiters.forEach(w -> completions.add(w.failed(failure.apply(w))));
          write.waiters = null;
        }
      }
    }
    Waiter.run(completions, callbacks);
  }
}
