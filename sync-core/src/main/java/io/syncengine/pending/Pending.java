// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.pending;

import io.syncengine.model.Ack;
import io.syncengine.model.CorruptDataException;
import io.syncengine.model.ItemId;
import io.syncengine.model.Outcome;
import io.syncengine.model.Revision;
import io.syncengine.model.SyncItem;
import io.syncengine.spi.Change;
import io.syncengine.spi.ChangeRow;
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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Every id that the ground truth has not confirmed, or whose change row this instance has not
 * followed yet: its newest revision, and its content or, when spilled, the place of it in the log.
 * The only one who changes what memory shows of an id that is written.
 *
 * <p>Each change of an id is made under its stripe's lock: first memory forgets the id, then the
 * map changes, then memory gets the new item. A reader, who takes no lock and looks into memory
 * first, so never finds an older item there after it has found a newer one here. Whoever waits for
 * a write is told after the lock is given back.
 */
public final class Pending {
  private final ConcurrentHashMap<String, PendingWrite> writes = new ConcurrentHashMap<>();
  private final FlushQueue queue = new FlushQueue();
  private final LogFloor floor = new LogFloor();
  private final Totals totals = new Totals();
  private final Set<String> damaged = ConcurrentHashMap.newKeySet();
  private final Stripes stripes;
  private final MemoryTier memory;
  private final TimeSource time;
  private final FailPoints failPoints;
  // Bytes above which contents that the log holds are given back to it. Any thread, volatile.
  private volatile long spillAbove = Long.MAX_VALUE;

  /** Makes an empty one. */
  public Pending(Stripes stripes, MemoryTier memory, TimeSource time, FailPoints failPoints) {
    this.stripes = stripes;
    this.memory = memory;
    this.time = time;
    this.failPoints = failPoints;
  }

  /**
   * What a reader finds here of an id, all of one moment.
   *
   * @param entry the write; null if the log has its content
   * @param place where the log holds it, or null
   * @param doubt whether the ground truth may hold something higher
   */
  public record Found(@Nullable Entry entry, @Nullable LogPlace place, Doubt doubt) {
    /**
     * The write with its content.
     *
     * @param fromLog reads an entry of the log; empty if it was truncated
     */
    public Optional<Entry> content(Function<LogPlace, Optional<Entry>> fromLog) {
      return entry != null
          ? Optional.of(entry)
          : fromLog.apply(Objects.requireNonNull(place, "place"));
    }
  }

  /**
   * What memory and pending know of an id beside an entry.
   *
   * @param order negative, zero or positive as it is below, equal to or above the entry
   * @param level how far it has come
   */
  public record Known(int order, Ack level) {}

  /** Sets the bytes above which contents are given back to the log. */
  public void spillAbove(long bytes) {
    spillAbove = bytes;
  }

  /**
   * Shows a write to readers and lets it wait for the flusher.
   *
   * @param place where the log holds it, or null
   * @param doubt whether the ground truth may hold a higher revision that memory does not know
   * @param waiter who waits for the ground truth, or null
   * @return APPLIED; UNCHANGED if it was here; SUPERSEDED if a higher one is
   */
  public Outcome publish(
      Entry entry, @Nullable LogPlace place, Doubt doubt, @Nullable Waiter waiter) {
    String id = entry.id();
    List<Runnable> completions = new ArrayList<>(1);
    Outcome outcome;
    synchronized (stripes.lock(id)) {
      int order = orderHere(entry);
      PendingWrite write = writes.get(id);
      if (order < 0) {
        outcome = Outcome.APPLIED;
        write = replace(write, entry, place, doubt);
      } else {
        outcome = order == 0 ? Outcome.UNCHANGED : Outcome.SUPERSEDED;
        if (place != null && write != null) {
          // Also below a higher one, which may have been shown before it is logged (MEMORY).
          logged(write, entry, place);
          totals.update(write);
        }
      }
      if (waiter != null) {
        attach(write, waiter, outcome, completions);
      }
    }
    completions.forEach(Runnable::run);
    return outcome;
  }

  /** How what pending, else memory, has of an id stands to an entry; negative for nothing. */
  private int orderHere(Entry entry) {
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

  private PendingWrite replace(
      @Nullable PendingWrite known, Entry entry, @Nullable LogPlace place, Doubt doubt) {
    String id = entry.id();
    boolean unsure = entry.version() <= stripes.highestVersion(id);
    stripes.bump(id);
    memory.invalidate(id);
    if (known != null) {
      unsure |= known.held.doubt() != Doubt.NONE && !known.overtaken();
      keepPrevious(known);
    }
    Doubt open = unsure ? doubt.atLeast(Doubt.POSSIBLE) : doubt;
    if (known != null && known.isBelowFollowed(entry)) {
      open = Doubt.STRONG;
    }
    Held held = Held.of(entry, open);
    PendingWrite write = known == null ? new PendingWrite(id, held) : known;
    write.held = held;
    damaged.remove(id);
    writes.put(id, write);
    if (place != null) {
      logged(write, entry, place);
    }
    totals.update(write);
    queue.offer(write, time.nanoTime(), false);
    if (!entry.tombstone() && open == Doubt.NONE) {
      memory.put(entry.toItem());
    }
    return write;
  }

  /** What is replaced before the ground truth saw it may have to come back. */
  private void keepPrevious(PendingWrite write) {
    if (!write.dirty()) {
      return;
    }
    dropPrevious(write);
    Held previous = write.held.spill();
    write.previous = previous;
    if (previous.place() != null) {
      floor.retain(previous.place().group());
    }
  }

  private void dropPrevious(PendingWrite write) {
    if (write.previous != null && write.previous.place() != null) {
      floor.release(write.previous.place().group());
    }
    write.previous = null;
  }

  private void attach(
      @Nullable PendingWrite write, Waiter waiter, Outcome outcome, List<Runnable> completions) {
    if (write != null && write.dirty()) {
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
        totals.update(write);
      }
    }
  }

  private void logged(PendingWrite write, Entry entry, LogPlace place) {
    Revision revision = entry.revision();
    if (write.confirmed != null && revision.compareTo(write.confirmed) <= 0) {
      return;
    }
    if (write.held.compareTo(entry) < 0) {
      // It was refused and taken back before its append was through; the log's newest is below it.
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
      Held placed = held.at(place);
      boolean crowded = totals.memoryBytes() + held.heldBytes() > spillAbove;
      write.held = crowded && failPoints.proceed(FailPoint.SPILL) ? placed.spill() : placed;
    }
  }

  private void releaseLog(PendingWrite write) {
    if (write.logged != null) {
      floor.release(write.logged.group());
      write.logged = null;
      write.loggedRevision = null;
    }
  }

  /** What is here of an id, or null. */
  public @Nullable Found find(String id) {
    PendingWrite write = writes.get(id);
    return write == null ? null : found(write.held);
  }

  private static Found found(Held held) {
    return new Found(held.entry(), held.place(), held.doubt());
  }

  /** The newest revision of an id if it is here and not confirmed. May hash the content. */
  public Optional<Revision> unconfirmed(String id) {
    synchronized (stripes.lock(id)) {
      PendingWrite write = writes.get(id);
      return write == null || !write.dirty()
          ? Optional.empty()
          : Optional.of(write.held.revision());
    }
  }

  /** What memory or pending knows of an entry's id; empty for nothing. */
  public Optional<Known> known(Entry entry) {
    synchronized (stripes.lock(entry.id())) {
      PendingWrite write = writes.get(entry.id());
      if (write == null && memory.peek(entry.id()) == null) {
        return Optional.empty();
      }
      Ack level = Ack.PERSISTED;
      if (write != null && write.dirty()) {
        level = write.held.place() != null ? Ack.LOGGED : Ack.MEMORY;
      }
      if (write != null && write.isBelowFollowed(entry)) {
        return Optional.of(new Known(1, Ack.PERSISTED));
      }
      return Optional.of(new Known(orderHere(entry), level));
    }
  }

  /**
   * Takes the oldest writes for a batch. Contents that were spilled are read from the log, on this
   * thread. A write whose content is damaged there is set aside: it stays unconfirmed and keeps its
   * place in the log.
   *
   * @param fromLog reads an entry of the log; empty if it was truncated
   * @return sorted by id bytes, each id once; empty if none waits
   */
  public List<Entry> take(
      int maxCount, long maxBytes, Function<LogPlace, Optional<Entry>> fromLog) {
    List<PendingWrite> taken = queue.take(maxCount, maxBytes, time.nanoTime());
    List<Entry> batch = new ArrayList<>(taken.size());
    try {
      for (PendingWrite write : taken) {
        Held held = heldIfDirty(write);
        if (held != null) {
          content(write.id, held, fromLog).ifPresent(batch::add);
        }
      }
    } catch (RuntimeException | Error e) {
      Map<String, Retry> all = new HashMap<>();
      taken.forEach(write -> all.put(write.id, Retry.AT_ONCE));
      queue.landed(all, time.nanoTime(), tries -> 0);
      throw e;
    }
    batch.sort(Comparator.comparing(Entry::id, ItemId.BYTE_ORDER));
    return batch;
  }

  private Optional<Entry> content(
      String id, Held held, Function<LogPlace, Optional<Entry>> fromLog) {
    try {
      Optional<Entry> entry = found(held).content(fromLog);
      if (entry.isEmpty()) {
        damaged.add(id);
      }
      return entry;
    } catch (CorruptDataException e) {
      damaged.add(id);
      return Optional.empty();
    }
  }

  private @Nullable Held heldIfDirty(PendingWrite write) {
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
    List<Runnable> completions = new ArrayList<>(0);
    synchronized (stripes.lock(entry.id())) {
      stripes.sawVersion(entry.id(), entry.version());
      PendingWrite write = writes.get(entry.id());
      if (write == null) {
        return stale;
      }
      if (revision.isAbove(write.confirmed)) {
        write.confirmed = revision;
      }
      if (write.loggedRevision != null && !write.loggedRevision.isAbove(revision)) {
        releaseLog(write);
      }
      if (write.previous != null && write.previous.compareTo(revision) <= 0) {
        dropPrevious(write);
      }
      write.answer(revision, kind, completions);
      totals.update(write);
      if (!write.dirty()) {
        landed(write, stale, awaitFollower);
      }
    }
    completions.forEach(Runnable::run);
    return stale;
  }

  private void landed(PendingWrite write, boolean stale, boolean awaitFollower) {
    if (stale) {
      forget(write);
      return;
    }
    trust(write);
    boolean passed = write.followed != null && write.held.compareTo(write.followed) <= 0;
    if (!awaitFollower || passed) {
      remove(write);
    }
  }

  /** The ground truth holds exactly this now: it may be shown without asking. */
  private void trust(PendingWrite write) {
    if (write.held.doubt() == Doubt.NONE || write.overtaken()) {
      return;
    }
    // Loads that were made because of the doubt have not seen this commit.
    stripes.bump(write.id);
    write.held = write.held.with(Doubt.NONE);
    Entry entry = write.held.entry();
    if (entry != null && !entry.tombstone()) {
      memory.put(entry.toItem());
    }
  }

  /** Removes an id and what memory shows of it: the ground truth holds something else. */
  private void forget(PendingWrite write) {
    stripes.bump(write.id);
    memory.invalidate(write.id);
    remove(write);
  }

  private void remove(PendingWrite write) {
    writes.remove(write.id);
    damaged.remove(write.id);
    releaseLog(write);
    dropPrevious(write);
    totals.remove(write);
  }

  /**
   * Takes a write out that the ground truth refused for good. The acknowledged write that it had
   * replaced comes back, if there is one; else readers see what the ground truth holds. Whoever
   * waited for it gets the failure.
   */
  public void withdraw(Entry entry, RuntimeException failure) {
    Revision revision = entry.revision();
    List<Runnable> completions = new ArrayList<>(0);
    synchronized (stripes.lock(entry.id())) {
      PendingWrite write = writes.get(entry.id());
      if (write == null) {
        return;
      }
      boolean newest = write.held.compareTo(revision) == 0;
      Held back = newest ? write.previous : null;
      write.fail(revision, back, failure, completions);
      if (write.loggedRevision != null && !write.loggedRevision.isAbove(revision)) {
        releaseLog(write);
      }
      if (back != null) {
        restore(write, back);
      } else if (newest) {
        forget(write);
      } else if (write.previous != null && write.previous.compareTo(revision) == 0) {
        dropPrevious(write);
        totals.update(write);
      }
    }
    completions.forEach(Runnable::run);
  }

  private void restore(PendingWrite write, Held back) {
    stripes.bump(write.id);
    memory.invalidate(write.id);
    write.held = back;
    write.previous = null;
    if (back.place() != null) {
      // The reference that previous had becomes that of the newest logged revision.
      write.logged = back.place();
      write.loggedRevision = back.revision();
    }
    totals.update(write);
    queue.offer(write, time.nanoTime(), write.isAwaited());
  }

  /**
   * The batch is done.
   *
   * @param again the ids that failed for now, and how they are tried again
   * @param pause nanoseconds that an id waits after so many tries, if it has to
   */
  public void landed(Map<String, Retry> again, IntToLongFunction pause) {
    queue.landed(again, time.nanoTime(), pause);
    completeBarriers();
  }

  /** Ends the pauses of all that failed. */
  public void retryNow() {
    queue.retryNow(time.nanoTime());
  }

  /** How many ids failed and wait to be tried again. */
  public int failed() {
    return queue.failed();
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
      stripes.sawVersion(id, revision.version());
      SyncItem item = memory.peek(id);
      if (item != null && isBelow(item, revision)) {
        memory.invalidate(id);
      }
      PendingWrite write = writes.get(id);
      if (write == null) {
        return;
      }
      int order = seenBelow(write, revision);
      if (order == 0 && !write.dirty()) {
        remove(write);
      }
    }
  }

  /**
   * The ground truth has a revision: a write that is below it is not shown any more unless it is
   * asked.
   *
   * @return how the write stands to it
   */
  private int seenBelow(PendingWrite write, Revision revision) {
    if (revision.isAbove(write.followed)) {
      write.followed = revision;
    }
    int order = write.held.compareTo(revision);
    if (order < 0) {
      write.held = write.held.with(Doubt.STRONG);
      memory.invalidate(write.id);
    }
    return order;
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
   * @param confirmedBefore the writes to look at
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

  /** Removes the writes that an own row confirmed: the follower will not come by it again. */
  public void passed(ChangeRow row) {
    for (Change change : row.changes()) {
      synchronized (stripes.lock(change.id())) {
        PendingWrite write = writes.get(change.id());
        if (write != null && !write.dirty() && write.held.compareTo(change.revision()) == 0) {
          remove(write);
        }
      }
    }
  }

  /**
   * Takes in what was loaded: memory shows nothing older from now on, and keeps it if nothing has
   * changed since the load began.
   *
   * @param stamp the id's counter before the load
   * @param fill whether memory may keep it
   */
  public void loaded(Entry entry, long stamp, boolean fill) {
    String id = entry.id();
    synchronized (stripes.lock(id)) {
      PendingWrite write = writes.get(id);
      if (write != null && write.held.compareTo(entry) < 0) {
        seenBelow(write, entry.revision());
      }
      SyncItem item = memory.peek(id);
      boolean older = item != null && orderHere(entry) < 0 && write == null;
      boolean fits = write == null && stripes.stamp(id) == stamp && (item == null || older);
      if (older) {
        stripes.bump(id);
        memory.invalidate(id);
      }
      if (fill && !entry.tombstone() && (fits || !failPoints.proceed(FailPoint.FILL_FENCE))) {
        memory.put(entry.toItem());
      }
    }
  }

  /**
   * The ground truth is not what it was, or was not known before: memory forgets everything, what
   * was confirmed there goes, and what was not is in doubt.
   */
  public void anotherHistory() {
    stripes.bumpAll();
    for (PendingWrite write : writes.values()) {
      synchronized (stripes.lock(write.id)) {
        if (writes.get(write.id) != write) {
          continue;
        }
        if (!write.dirty()) {
          forget(write);
        } else {
          memory.invalidate(write.id);
          write.followed = null;
          write.held = write.held.with(write.held.doubt().atLeast(Doubt.POSSIBLE));
        }
      }
    }
    memory.clear();
  }

  /** What waits for the flusher now. */
  public Waiting waiting() {
    return queue.waiting(time.nanoTime());
  }

  /** Completes, on the flusher's thread, when all writes that are here now are through. */
  public CompletableFuture<Void> barrier() {
    return queue.barrier();
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
    return totals.dirty();
  }

  /** Ids whose content is in the log alone. */
  public long spilled() {
    return totals.spilled();
  }

  /** Ids whose content in the log is damaged; they cannot be flushed. */
  public int damaged() {
    return damaged.size();
  }

  /** Bytes of memory that all this takes, index included. */
  public long memoryBytes() {
    return totals.memoryBytes();
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
        frozen.add(new Frozen(write.id, found(write.held)));
      }
    }
    frozen.sort(Comparator.comparing(Frozen::id, ItemId.BYTE_ORDER));
    return frozen;
  }

  /** One id of a frozen range. */
  public record Frozen(String id, Found found) {}

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
        write.failAll(failure, completions);
      }
    }
    completions.forEach(Runnable::run);
  }
}
