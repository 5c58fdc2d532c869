// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import io.syncengine.model.Revision;
import io.syncengine.model.TierException;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.model.VersionMode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A ground truth in this process's memory: the reference implementation of the contract of {@link
 * Tier} and its capabilities. For tests, and for engines that have no other tier. Its data lives as
 * long as the object, over any number of opens and closes; several engines that are given the same
 * object share it.
 *
 * <p>Since nothing tells which of several engines makes a call, name, fail points and time-out are
 * those of the latest {@link #open}; the origin of a change row is that of the batch's first entry,
 * and the latest instance's only if that has none. It takes writes if any of the engines that have
 * it open is not read-only.
 *
 * <p>Change rows are kept up to a bound (see the constructors); {@link #poll} from below the oldest
 * one kept begins at that one, by which a follower sees that rows are missing.
 *
 * @since 0.1
 */
// Concurrency: `head` is the head lock of DESIGN section 6; it serialises writers and is held over
// the fail points. `view` guards rows, changes, horizon, generation and what opens set; it is taken
// inside `head` for the moment of the commit, and alone by readers, so that a writer that a test
// holds at a fail point stops no reader. A load of one id takes no lock: it reads the head's
// sequence before the row, and a commit writes them in the other order.
public final class InMemoryTier
    implements Tier,
        ChangeLog,
        ChangeRetention,
        Scannable,
        Digests,
        Restore,
        TombstonePurge,
        CacheGenerations {
  /** How many changes the kept change rows hold by default. */
  public static final long DEFAULT_KEPT_CHANGES = 50_000;

  private final RandomGenerator random;
  private final String databaseId = UUID.randomUUID().toString();
  private final ReentrantLock head = new ReentrantLock();
  private final ReentrantLock view = new ReentrantLock();
  private final InMemoryRows rows = new InMemoryRows();
  private final InMemoryChanges changes;
  private final InMemoryDigests digests = new InMemoryDigests();
  private final AtomicBoolean purging = new AtomicBoolean();
  private @Nullable String namespace;
  private @Nullable VersionMode versionMode;
  private int opens;
  private volatile boolean writable;
  private volatile long horizon;
  // Of the latest open; null while no engine has it open.
  private volatile @Nullable TierConfig config;
  private volatile String tierName = "memory";
  // Guarded by view.
  private long highestVersion;
  // Changed under both locks, read under either.
  private long generation = 1;

  /** Makes an empty tier that keeps {@value #DEFAULT_KEPT_CHANGES} changes. */
  public InMemoryTier() {
    this(new SplittableRandom(), DEFAULT_KEPT_CHANGES);
  }

  /**
   * Makes an empty tier.
   *
   * @param random where the tags of change rows and the generations come from; used by one thread
   *     at a time. The database id is always a new one
   * @param keptChanges how many changes the kept change rows may hold together, 1 or more; a row
   *     counts as one at least, and the newest row is always kept
   */
  public InMemoryTier(RandomGenerator random, long keptChanges) {
    if (keptChanges < 1) {
      throw new IllegalArgumentException("keptChanges is " + keptChanges + "; 1 or more is needed");
    }
    this.random = random;
    this.changes = new InMemoryChanges(keptChanges);
  }

  @Override
  public TierInfo open(TierConfig by) {
    view.lock();
    try {
      if (namespace != null && !namespace.equals(by.namespace())) {
        throw refused(by.tierName(), "open", "the in-memory tier belongs to another namespace");
      }
      if (versionMode != null && versionMode != by.versionMode()) {
        throw refused(by.tierName(), "open", "the in-memory tier has the other version mode");
      }
      if (!by.readOnly()) {
        namespace = by.namespace();
        versionMode = by.versionMode();
        writable = true;
      }
      opens++;
      tierName = by.tierName();
      config = by;
      return new TierInfo(databaseId, "memory of this process", highestVersion);
    } finally {
      view.unlock();
    }
  }

  @Override
  public ApplyResult apply(List<Entry> batch) {
    return write("apply", batch, false);
  }

  @Override
  public ApplyResult restore(List<Entry> batch) {
    return write("restore", batch, true);
  }

  private ApplyResult write(String operation, List<Entry> batch, boolean restoring) {
    TierArguments.requireBatch(batch);
    TierConfig by = requireOpen(operation);
    requireWritable(operation);
    lock(head, by, operation);
    try {
      by.failPoints().proceed(FailPoint.TIER_HEAD);
      long previousTag = changes.headTag();
      Commit commit = new Commit(changes.head() + 1, by, restoring);
      List<ItemOutcome> outcomes = new ArrayList<>(batch.size());
      for (Entry entry : batch) {
        outcomes.add(commit.stage(entry));
      }
      by.failPoints().proceed(FailPoint.TIER_ROWS);
      ChangeRow row = commit.row();
      by.failPoints().proceed(FailPoint.TIER_COMMIT);
      if (row != null) {
        publish(commit.written, List.of(), row, horizon);
      }
      by.failPoints().proceed(FailPoint.TIER_COMMITTED);
      return new ApplyResult(outcomes, row, previousTag);
    } finally {
      head.unlock();
    }
  }

  @Override
  public LoadResult load(Collection<String> ids) {
    TierConfig by = requireOpen("load");
    if (ids.size() == 1) {
      long seen = changes.head();
      String id = ids.iterator().next();
      Entry entry = rows.get(id);
      return new LoadResult(entry == null ? Map.of() : Map.of(id, entry), seen);
    }
    lock(view, by, "load");
    try {
      Map<String, Entry> found = new HashMap<>();
      for (String id : ids) {
        Entry entry = rows.get(id);
        if (entry != null) {
          found.put(id, entry);
        }
      }
      return new LoadResult(found, changes.head());
    } finally {
      view.unlock();
    }
  }

  @Override
  public ChangePage poll(long from, int limit) {
    TierArguments.requirePage(from, limit);
    lock(view, requireOpen("poll"), "poll");
    try {
      return changes.page(databaseId, from, limit, generation);
    } finally {
      view.unlock();
    }
  }

  @Override
  public List<Entry> scan(IdRange range, @Nullable String after, int limit) {
    TierArguments.requireLimit(limit);
    lock(view, requireOpen("scan"), "scan");
    try {
      return rows.scan(range, after, limit);
    } finally {
      view.unlock();
    }
  }

  @Override
  public HeaderPage headers(IdRange range, @Nullable String after, int limit) {
    TierArguments.requireLimit(limit);
    lock(view, requireOpen("headers"), "headers");
    try {
      return new HeaderPage(databaseId, changes.head(), rows.headers(range, after, limit));
    } finally {
      view.unlock();
    }
  }

  @Override
  public HeaderPage buckets(List<Integer> buckets) {
    TierArguments.requireBuckets(buckets);
    lock(view, requireOpen("buckets"), "buckets");
    try {
      return new HeaderPage(databaseId, changes.head(), rows.headersIn(Set.copyOf(buckets)));
    } finally {
      view.unlock();
    }
  }

  @Override
  public DigestPage digests(int level, List<Integer> nodes) {
    TierArguments.requireNodes(level, nodes);
    lock(view, requireOpen("digests"), "digests");
    try {
      return new DigestPage(databaseId, changes.head(), digests.digests(level, nodes));
    } finally {
      view.unlock();
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>There is never anything left to do: each commit takes its row in.
   */
  @Override
  public long fold() {
    requireOpen("fold");
    requireWritable("fold");
    return 0;
  }

  @Override
  public boolean replaceDigests(long sequence, byte[] buckets) {
    TierArguments.requireDigests(sequence, buckets);
    TierConfig by = requireOpen("replaceDigests");
    requireWritable("replaceDigests");
    lock(view, by, "replaceDigests");
    try {
      return digests.replace(sequence, buckets, changes);
    } finally {
      view.unlock();
    }
  }

  @Override
  public void register(String reader, long sequence) {
    TierArguments.requireReader(reader, sequence);
    retain("register", () -> changes.register(reader, sequence));
  }

  @Override
  public void unregister(String reader) {
    retain("unregister", () -> changes.unregister(reader));
  }

  private void retain(String operation, Runnable what) {
    TierConfig by = requireOpen(operation);
    requireWritable(operation);
    lock(view, by, operation);
    try {
      what.run();
    } finally {
      view.unlock();
    }
  }

  @Override
  public int trim(long committedBeforeMillis, long boundMillis, int limit) {
    TierArguments.requireTrim(committedBeforeMillis, boundMillis, limit);
    TierConfig by = requireOpen("trim");
    requireWritable("trim");
    // Both, as a commit: who holds the head lock reads the change rows without the other.
    lock(head, by, "trim");
    try {
      lock(view, by, "trim");
      try {
        return changes.trim(committedBeforeMillis, boundMillis, limit);
      } finally {
        view.unlock();
      }
    } finally {
      head.unlock();
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>A purge that removes something or raises the horizon writes a change row without changes.
   */
  @Override
  public int purge(long acceptedBeforeMillis, int limit) {
    TierArguments.requireLimit(limit);
    TierConfig by = requireOpen("purge");
    requireWritable("purge");
    if (!purging.compareAndSet(false, true)) {
      return 0;
    }
    try {
      lock(head, by, "purge");
      try {
        return purgeLocked(by, acceptedBeforeMillis, limit);
      } finally {
        head.unlock();
      }
    } finally {
      purging.set(false);
    }
  }

  private int purgeLocked(TierConfig by, long acceptedBeforeMillis, int limit) {
    by.failPoints().proceed(FailPoint.TIER_HEAD);
    // Only holders of `head` change rows, so that reading them here needs no view lock.
    List<Entry> old = rows.tombstonesBefore(acceptedBeforeMillis, limit);
    by.failPoints().proceed(FailPoint.TIER_ROWS);
    by.failPoints().proceed(FailPoint.TIER_COMMIT);
    if (!old.isEmpty() || acceptedBeforeMillis > horizon) {
      ChangeRow row = new ChangeRow(changes.head() + 1, tag(), by.instanceId(), now(by), List.of());
      publish(List.of(), old, row, Math.max(horizon, acceptedBeforeMillis));
    }
    by.failPoints().proceed(FailPoint.TIER_COMMITTED);
    return old.size();
  }

  @Override
  public long horizonMillis() {
    requireOpen("horizon");
    return horizon;
  }

  @Override
  public long raiseGeneration(long seen) {
    TierConfig by = requireOpen("generation");
    requireWritable("generation");
    lock(head, by, "generation");
    try {
      by.failPoints().proceed(FailPoint.TIER_HEAD);
      // Only holders of `head` change it, so that reading it here needs no view lock.
      long present =
          generation == seen ? CacheGenerations.next(seen, random.nextLong()) : generation;
      by.failPoints().proceed(FailPoint.TIER_COMMIT);
      view.lock();
      try {
        generation = present;
      } finally {
        view.unlock();
      }
      by.failPoints().proceed(FailPoint.TIER_COMMITTED);
      return present;
    } finally {
      head.unlock();
    }
  }

  /**
   * What the rows take: for each value or tombstone its id in UTF-8, its content, and 400 bytes for
   * objects and index. Change rows are not counted; they have a bound of their own. Cheap.
   *
   * @return bytes
   */
  public long bytes() {
    return rows.bytes();
  }

  /**
   * How many live items it holds. Cheap.
   *
   * @return the number, tombstones not counted
   */
  public long count() {
    return rows.count();
  }

  @Override
  public void close() {
    view.lock();
    try {
      if (opens > 0 && --opens == 0) {
        config = null;
        writable = false;
      }
    } finally {
      view.unlock();
    }
  }

  /** The commit: the rows first, then the change row and with it the head's sequence. */
  private void publish(List<Entry> written, List<Entry> purged, ChangeRow row, long newHorizon) {
    view.lock();
    try {
      rows.put(written);
      written.forEach(entry -> highestVersion = Math.max(highestVersion, entry.version()));
      rows.remove(purged);
      horizon = newHorizon;
      changes.add(row);
      digests.add(row);
    } finally {
      view.unlock();
    }
  }

  /** Never 0, which stands for "no row". */
  private long tag() {
    return random.nextLong() | 1;
  }

  private static long now(TierConfig by) {
    return by.timeSource().currentTimeMillis();
  }

  private TierConfig requireOpen(String operation) {
    TierConfig known = config;
    if (known == null) {
      throw new TierUnavailableException(tierName, operation, "the tier is not open", null);
    }
    return known;
  }

  private void requireWritable(String operation) {
    if (!writable) {
      throw refused(tierName, operation, "the tier is open for reading only");
    }
  }

  /** Takes a free lock even if the thread is interrupted; waits no longer than a call may take. */
  private void lock(ReentrantLock lock, TierConfig by, String operation) {
    try {
      if (lock.tryLock() || lock.tryLock(by.requestTimeout().toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TierUnavailableException(tierName, operation, "interrupted in a wait", e);
    }
    throw new TierUnavailableException(tierName, operation, "timed out; nothing was done", null);
  }

  private static TierException refused(String tier, String operation, String message) {
    return new TierException(tier, operation, false, message, null);
  }

  /** One transaction in the making, under the head lock; nothing of it is seen before publish. */
  private final class Commit {
    final List<Entry> written = new ArrayList<>();
    private final List<Change> changed = new ArrayList<>();
    private final long sequence;
    private final boolean restoring;
    private final boolean fenced;
    private final long committedAt;
    private String origin;

    Commit(long sequence, TierConfig by, boolean restoring) {
      this.sequence = sequence;
      this.restoring = restoring;
      this.fenced = by.failPoints().proceed(FailPoint.TIER_FENCE);
      this.committedAt = now(by);
      this.origin = by.instanceId();
    }

    ItemOutcome stage(Entry entry) {
      Entry current = rows.get(entry.id());
      Revision there = current == null ? null : current.revision();
      if (fenced) {
        ItemOutcome kept = keptOut(entry, current, there);
        if (kept != null) {
          return kept;
        }
      }
      Before before = Before.of(there);
      if (written.isEmpty() && entry.origin() != null) {
        origin = entry.origin();
      }
      written.add(entry.toBuilder().base(null).sequence(sequence).build());
      byte[] leaf = there == null ? new byte[Leaf.BYTES] : Leaf.of(entry.id(), there);
      byte[] delta = Leaf.delta(leaf, Leaf.of(entry.id(), entry.revision()));
      Before.State told = restoring ? Before.State.ABSENT : before.state();
      changed.add(new Change(entry.id(), entry.revision(), told, delta));
      return ItemOutcome.applied(before);
    }

    /** Why an entry is not written, or null if it is. */
    private @Nullable ItemOutcome keptOut(
        Entry entry, @Nullable Entry current, @Nullable Revision there) {
      if (there == null && entry.acceptedAtMillis() < horizon) {
        return ItemOutcome.failed(
            ItemOutcome.EXPIRED, "accepted before the purge horizon, and no row to replace", false);
      }
      if (restoring) {
        return there != null && there.isAbove(entry.revision())
            ? ItemOutcome.stale(Before.of(there))
            : null;
      }
      if (entry.revision().equals(there)) {
        return ItemOutcome.unchanged(Before.of(there));
      }
      if (entry.base() != null && !entry.base().equals(there)) {
        return ItemOutcome.conflict(current);
      }
      return entry.revision().isAbove(there) ? null : ItemOutcome.stale(Before.of(there));
    }

    /** The change row; null if nothing is written. */
    @Nullable ChangeRow row() {
      return written.isEmpty()
          ? null
          : new ChangeRow(sequence, tag(), origin, committedAt, changed);
    }
  }
}
