// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.read;

import io.syncengine.model.CorruptDataException;
import io.syncengine.model.ItemStatus;
import io.syncengine.model.ItemStatus.State;
import io.syncengine.model.ItemStatus.TierStatus;
import io.syncengine.model.ReadOption;
import io.syncengine.model.ReadResult;
import io.syncengine.model.Revision;
import io.syncengine.model.Source;
import io.syncengine.model.SyncItem;
import io.syncengine.model.TierException;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.pending.Pending;
import io.syncengine.pending.Stripes;
import io.syncengine.resilience.TierPort;
import io.syncengine.spi.Entry;
import io.syncengine.spi.LogPlace;
import io.syncengine.spi.MemoryTier;
import io.syncengine.spi.TimeSource;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongConsumer;

/**
 * The order of a read: memory, pending, ground truth; what the ground truth gives fills memory.
 * Safe from any thread; asks tiers on the caller's.
 */
public final class ReadRoad {
  // How often a read looks into pending before it goes where the log has already let go.
  private static final int MAX_RESTARTS = 2;

  private final MemoryTier memory;
  private final Pending pending;
  private final Stripes stripes;
  private final TierPort truth;
  private final Source truthSource;
  private final Loads loads;
  private final Function<LogPlace, Optional<Entry>> log;
  private final LongConsumer observeVersion;
  private final BooleanSupplier stale;
  private final TimeSource time;
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final LongAdder truthReads = new LongAdder();
  private final LongAdder truthHits = new LongAdder();

  /**
   * Makes the road.
   *
   * @param truthSource what the ground truth is called in results
   * @param log reads an entry of the log; empty if it was truncated
   * @param observeVersion is shown every version read from below
   * @param stale whether this instance has not seen the end of the change log for too long
   */
  public ReadRoad(
      MemoryTier memory,
      Pending pending,
      Stripes stripes,
      TierPort truth,
      Source truthSource,
      Duration tierTimeout,
      Function<LogPlace, Optional<Entry>> log,
      LongConsumer observeVersion,
      BooleanSupplier stale,
      TimeSource time) {
    this.memory = memory;
    this.pending = pending;
    this.stripes = stripes;
    this.truth = truth;
    this.truthSource = truthSource;
    this.loads = new Loads(truth, stripes, tierTimeout);
    this.log = log;
    this.observeVersion = observeVersion;
    this.stale = stale;
    this.time = time;
  }

  /** What a read found: a value or a tombstone, or nothing. */
  private record Answer(Entry entry, Source source) {}

  /** Memory's answer, or null. */
  public SyncItem hit(String id) {
    SyncItem item = memory.get(id);
    if (item != null) {
      hits.increment();
    }
    return item;
  }

  /** The item, or null if it is absent. */
  public SyncItem get(String id) {
    SyncItem item = hit(id);
    if (item != null) {
      return item;
    }
    misses.increment();
    Entry entry = below(id, true).entry;
    return entry == null || entry.tombstone() ? null : entry.toItem();
  }

  /** What the engine knows of an id, a tombstone included; null if absent. */
  public Entry entry(String id) {
    return below(id, true).entry;
  }

  /** The items that exist, in the order asked for. */
  public Map<String, SyncItem> getAll(Collection<String> ids) {
    Map<String, SyncItem> found = new HashMap<>();
    Map<String, Long> missing = new LinkedHashMap<>();
    for (String id : ids) {
      SyncItem item = hit(id);
      if (item != null) {
        found.put(id, item);
        continue;
      }
      misses.increment();
      long stamp = stripes.stamp(id);
      if (pending.find(id) == null) {
        missing.put(id, stamp);
        continue;
      }
      Entry entry = belowOrFail(id, ids, found);
      if (entry != null && !entry.tombstone()) {
        found.put(id, entry.toItem());
      }
    }
    try {
      loadAll(missing, found);
    } catch (TierUnavailableException e) {
      throw new TierUnavailableException(
          e.tier(), e.operation(), e.getMessage(), e, inOrder(ids, found));
    }
    return inOrder(ids, found);
  }

  private Entry belowOrFail(String id, Collection<String> ids, Map<String, SyncItem> found) {
    try {
      return below(id, true).entry;
    } catch (TierUnavailableException e) {
      throw new TierUnavailableException(
          e.tier(), e.operation(), e.getMessage(), e, inOrder(ids, found));
    }
  }

  private static Map<String, SyncItem> inOrder(Collection<String> ids, Map<String, SyncItem> all) {
    Map<String, SyncItem> ordered = new LinkedHashMap<>();
    for (String id : ids) {
      SyncItem item = all.get(id);
      if (item != null) {
        ordered.put(id, item);
      }
    }
    return ordered;
  }

  private void loadAll(Map<String, Long> missing, Map<String, SyncItem> found) {
    if (missing.isEmpty()) {
      return;
    }
    truthReads.add(missing.size());
    Map<String, Entry> loaded = truth.load(missing.keySet()).found();
    loaded.forEach(
        (id, entry) -> {
          truthHits.increment();
          observeVersion.accept(entry.version());
          pending.loaded(entry, missing.get(id), true);
          if (!entry.tombstone()) {
            found.put(id, entry.toItem());
          }
        });
  }

  /** A read with options. */
  public ReadResult read(String id, Set<ReadOption> options) {
    Answer answer;
    boolean late = stale.getAsBoolean();
    SyncItem item = options.contains(ReadOption.SKIP_L1) ? null : hit(id);
    if (item != null && !options.contains(ReadOption.VERIFY)) {
      return result(Optional.of(item), Source.L1, late, item.revision());
    }
    try {
      // What is to be verified is not shown to others before.
      answer = below(id, item == null && !options.contains(ReadOption.VERIFY));
    } catch (TierUnavailableException e) {
      SyncItem last = memory.peek(id);
      if (last == null || !options.contains(ReadOption.ALLOW_STALE)) {
        throw e;
      }
      return result(Optional.of(last), Source.L1, true, last.revision());
    }
    Entry entry = answer.entry;
    if (entry == null) {
      return result(Optional.empty(), answer.source, false, null);
    }
    if (entry.tombstone()) {
      return result(Optional.empty(), answer.source, false, entry.revision());
    }
    if (options.contains(ReadOption.VERIFY)) {
      verify(entry);
    }
    return result(Optional.of(entry.toItem()), answer.source, false, entry.revision());
  }

  private ReadResult result(
      Optional<SyncItem> item, Source source, boolean late, Revision revision) {
    Duration age =
        item.map(i -> Duration.ofMillis(time.currentTimeMillis() - i.updatedAtMillis()))
            .filter(d -> !d.isNegative())
            .orElse(Duration.ZERO);
    return new ReadResult(item, source, late, age, Optional.ofNullable(revision));
  }

  private static void verify(Entry entry) {
    byte[] expected = entry.revision().contentHash();
    byte[] actual = entry.toItem().contentHash();
    if (!MessageDigest.isEqual(expected, actual)) {
      throw new CorruptDataException(
          "the content does not match the hash stored beside it; write it again or repair it",
          entry.id(),
          HexFormat.of().formatHex(expected),
          HexFormat.of().formatHex(actual));
    }
  }

  private Optional<Entry> content(Pending.Found found) {
    return found.entry() != null ? Optional.of(found.entry()) : log.apply(found.place());
  }

  /** Reads from pending or the ground truth. */
  private Answer below(String id, boolean fill) {
    for (int i = 0; i < MAX_RESTARTS; i++) {
      long stamp = stripes.stamp(id);
      Pending.Found found = pending.find(id);
      if (found == null) {
        return loaded(id, stamp, fill);
      }
      Optional<Entry> here = content(found);
      if (here.isPresent()) {
        return found.doubtful()
            ? higher(here.get(), stamp, found.overtaken())
            : new Answer(here.get(), Source.PENDING);
      }
      // The log was cut meanwhile, which happens only behind what the ground truth has confirmed.
    }
    return loaded(id, stripes.stamp(id), false);
  }

  private Answer loaded(String id, long stamp, boolean fill) {
    truthReads.increment();
    Entry entry = loads.load(id, stamp).orElse(null);
    if (entry != null) {
      truthHits.increment();
      observeVersion.accept(entry.version());
      pending.loaded(entry, stamp, fill);
    }
    return new Answer(entry, truthSource);
  }

  /** The higher of a write that may be overtaken and the ground truth, if that can be asked. */
  private Answer higher(Entry here, long stamp, boolean overtaken) {
    try {
      Answer there = loaded(here.id(), stamp, false);
      if (there.entry != null && there.entry.isAbove(here)) {
        return there;
      }
    } catch (TierUnavailableException e) {
      if (overtaken) {
        throw e;
      }
    }
    return new Answer(here, Source.PENDING);
  }

  /** Where an id stands in memory, in pending and in the ground truth. */
  public List<TierStatus> status(String id) {
    List<TierStatus> lines = new ArrayList<>();
    SyncItem item = memory.peek(id);
    lines.add(
        item == null
            ? new TierStatus(Source.L1, State.NOT_CACHED, Optional.empty())
            : new TierStatus(Source.L1, State.LIVE, Optional.of(item.revision())));
    pending
        .unconfirmed(id)
        .ifPresent(
            revision ->
                lines.add(new TierStatus(Source.PENDING, State.PENDING, Optional.of(revision))));
    lines.add(truthStatus(id));
    return lines;
  }

  private TierStatus truthStatus(String id) {
    try {
      Entry entry = truth.load(List.of(id)).found().get(id);
      if (entry == null) {
        return new TierStatus(truthSource, State.MISSING, Optional.empty());
      }
      State state = entry.tombstone() ? ItemStatus.State.DELETED : State.LIVE;
      return new TierStatus(truthSource, state, Optional.of(entry.revision()));
    } catch (TierException e) {
      return new TierStatus(truthSource, State.UNKNOWN, Optional.empty());
    }
  }

  /** Reads that memory answered. */
  public long hits() {
    return hits.sum();
  }

  /** Reads that it could not answer. */
  public long misses() {
    return misses.sum();
  }

  /** Ids asked of the ground truth. */
  public long truthReads() {
    return truthReads.sum();
  }

  /** Ids that it held. */
  public long truthHits() {
    return truthHits.sum();
  }
}
