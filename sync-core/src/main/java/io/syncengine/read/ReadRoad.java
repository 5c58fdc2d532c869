// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.read;

import io.syncengine.cache.CacheFeeder;
import io.syncengine.cache.Floor;
import io.syncengine.change.FilterKeeper;
import io.syncengine.model.CorruptDataException;
import io.syncengine.model.ItemStatus.State;
import io.syncengine.model.ItemStatus.TierStatus;
import io.syncengine.model.ReadOption;
import io.syncengine.model.ReadResult;
import io.syncengine.model.Revision;
import io.syncengine.model.Source;
import io.syncengine.model.SyncItem;
import io.syncengine.model.TierException;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.pending.Doubt;
import io.syncengine.pending.Pending;
import io.syncengine.pending.Stripes;
import io.syncengine.resilience.TierPort;
import io.syncengine.spi.Entry;
import io.syncengine.spi.LoadResult;
import io.syncengine.spi.LogPlace;
import io.syncengine.spi.MemoryTier;
import io.syncengine.spi.TimeSource;
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
import org.jspecify.annotations.Nullable;

/**
 * The order of a read: memory, pending, filter, cache, ground truth; what a tier gives fills those
 * above. Safe from any thread; asks tiers on the caller's.
 */
public final class ReadRoad {
  // How often a read looks into pending again when the log has let go of what it found there.
  private static final int MAX_RESTARTS = 100;

  private final MemoryTier memory;
  private final Pending pending;
  private final Stripes stripes;
  private final TierPort truth;
  private final Source truthSource;
  private final @Nullable FilterKeeper filter;
  private final @Nullable CacheFeeder cache;
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
   * @param filter knows of ids that they are absent; null if there is none
   * @param cache the cache before the ground truth; null if there is none
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
      @Nullable FilterKeeper filter,
      @Nullable CacheFeeder cache,
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
    this.filter = filter;
    this.cache = cache;
    this.loads = new Loads(this::fromTiers, truth.name(), stripes, tierTimeout);
    this.log = log;
    this.observeVersion = observeVersion;
    this.stale = stale;
    this.time = time;
  }

  /** Memory's answer, or null. */
  public @Nullable SyncItem hit(String id) {
    SyncItem item = memory.get(id);
    if (item != null) {
      hits.increment();
    }
    return item;
  }

  /** The item, or null if it is absent. */
  public @Nullable SyncItem get(String id) {
    SyncItem item = hit(id);
    if (item != null) {
      return item;
    }
    misses.increment();
    Entry entry = below(id, Fill.YES).entry();
    return entry == null || entry.tombstone() ? null : entry.toItem();
  }

  /** What the engine knows of an id, a tombstone included; null if absent. */
  public @Nullable Entry entry(String id) {
    return below(id, Fill.YES_BUT_SKIP_FILTER).entry();
  }

  /** A write of here that the ground truth may hold something above of. */
  private record Open(Entry entry, Doubt doubt) {}

  /** The items that exist, in the order asked for. */
  public Map<String, SyncItem> getAll(Collection<String> ids) {
    Map<String, SyncItem> found = new HashMap<>();
    Map<String, Long> missing = new LinkedHashMap<>();
    Map<String, Open> open = new HashMap<>();
    for (String id : ids) {
      SyncItem item = hit(id);
      if (item != null) {
        found.put(id, item);
        continue;
      }
      misses.increment();
      long stamp = stripes.stamp(id);
      Pending.Found here = pending.find(id);
      if (here == null) {
        if (filter == null || !filter.knowsAbsent(id)) {
          missing.put(id, stamp);
        }
        continue;
      }
      Entry entry = content(here).orElse(null);
      if (entry == null) {
        // The log was cut meanwhile; who reads one id looks again.
        entry = belowOrFail(id, ids, found);
        if (entry != null) {
          take(entry, found);
        }
      } else if (here.doubt() == Doubt.NONE) {
        take(entry, found);
      } else {
        missing.put(id, stamp);
        open.put(id, new Open(entry, here.doubt()));
      }
    }
    loadAll(ids, missing, open, found);
    return inOrder(ids, found);
  }

  private static void take(Entry entry, Map<String, SyncItem> found) {
    if (!entry.tombstone()) {
      found.put(entry.id(), entry.toItem());
    }
  }

  private void loadAll(
      Collection<String> ids,
      Map<String, Long> missing,
      Map<String, Open> open,
      Map<String, SyncItem> found) {
    if (missing.isEmpty()) {
      return;
    }
    takeCached(missing, open.keySet(), found);
    if (missing.isEmpty()) {
      return;
    }
    LoadResult loaded;
    try {
      loaded = truth.load(missing.keySet());
      truthReads.add(missing.size());
    } catch (TierUnavailableException e) {
      open.values().removeIf(o -> o.doubt == Doubt.STRONG);
      open.values().forEach(o -> take(o.entry, found));
      if (!open.keySet().containsAll(missing.keySet())) {
        throw withFound(e, ids, found);
      }
      return;
    }
    for (Map.Entry<String, Long> asked : missing.entrySet()) {
      Entry there = loaded.found().get(asked.getKey());
      if (there != null) {
        pending.loaded(there, asked.getValue(), seenInTruth(there, loaded.head()));
      }
      Open here = open.get(asked.getKey());
      Entry entry =
          here != null && (there == null || !there.isAbove(here.entry)) ? here.entry : there;
      if (entry != null) {
        take(entry, found);
      }
    }
  }

  /**
   * Takes out of what is missing what the cache holds; not what the ground truth alone can tell.
   */
  private void takeCached(
      Map<String, Long> missing, Set<String> doubtful, Map<String, SyncItem> found) {
    if (cache == null) {
      return;
    }
    List<String> askable = missing.keySet().stream().filter(id -> !doubtful.contains(id)).toList();
    if (askable.isEmpty()) {
      return;
    }
    Map<String, Entry> cached = cache.get(askable);
    for (Map.Entry<String, Long> asked : missing.entrySet()) {
      Entry entry = cached.get(asked.getKey());
      if (entry != null) {
        seenBelow(entry);
        pending.loaded(entry, asked.getValue(), true);
        take(entry, found);
      }
    }
    missing.keySet().removeAll(cached.keySet());
  }

  private @Nullable Entry belowOrFail(
      String id, Collection<String> ids, Map<String, SyncItem> found) {
    try {
      return below(id, Fill.YES).entry();
    } catch (TierUnavailableException e) {
      throw withFound(e, ids, found);
    }
  }

  private static TierUnavailableException withFound(
      TierUnavailableException e, Collection<String> ids, Map<String, SyncItem> found) {
    return new TierUnavailableException(
        e.tier(), e.operation(), e.getMessage(), e, inOrder(ids, found));
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

  /** A read with options. */
  public ReadResult read(String id, Set<ReadOption> options) {
    Answer answer;
    boolean late = stale.getAsBoolean();
    SyncItem item = options.contains(ReadOption.SKIP_L1) ? null : hit(id);
    if (item != null && !options.contains(ReadOption.VERIFY)) {
      return result(Optional.of(item), Source.L1, late, item.revision());
    }
    try {
      answer = below(id, fill(item, options));
      if (answer.source() == Source.L2 && options.contains(ReadOption.VERIFY) && !holds(answer)) {
        // The ground truth knows better, and what it says replaces this.
        answer = below(id, Fill.BUT_SKIP_CACHE);
      }
    } catch (TierUnavailableException e) {
      if (!options.contains(ReadOption.ALLOW_STALE)) {
        throw e;
      }
      return lastKnown(id).orElseThrow(() -> e);
    }
    Entry entry = answer.entry();
    if (entry == null) {
      return result(Optional.empty(), answer.source(), false, null);
    }
    if (!entry.tombstone() && options.contains(ReadOption.VERIFY)) {
      verify(entry);
    }
    // What the ground truth says is never old; a write of here may have been overtaken there.
    return result(
        entry, answer.source(), answer.unsure() || (late && answer.source() != truthSource));
  }

  private static Fill fill(@Nullable SyncItem hit, Set<ReadOption> options) {
    boolean verify = options.contains(ReadOption.VERIFY);
    // What is to be verified is not shown to others before.
    return new Fill(hit == null && !verify, !options.contains(ReadOption.SKIP_L2), !verify);
  }

  /** What memory or pending has of an id, whether or not it is the newest. */
  private Optional<ReadResult> lastKnown(String id) {
    SyncItem last = memory.peek(id);
    if (last != null) {
      return Optional.of(result(Optional.of(last), Source.L1, true, last.revision()));
    }
    return Optional.ofNullable(pending.find(id))
        .flatMap(this::content)
        .map(entry -> result(entry, Source.PENDING, true));
  }

  private ReadResult result(Entry entry, Source source, boolean late) {
    Optional<SyncItem> item = entry.tombstone() ? Optional.empty() : Optional.of(entry.toItem());
    return result(item, source, late, entry.revision());
  }

  private ReadResult result(
      Optional<SyncItem> item, Source source, boolean late, @Nullable Revision revision) {
    Duration age =
        item.map(i -> Duration.ofMillis(time.currentTimeMillis() - i.updatedAtMillis()))
            .filter(d -> !d.isNegative())
            .orElse(Duration.ZERO);
    return new ReadResult(item, source, late, age, Optional.ofNullable(revision));
  }

  private static boolean holds(Answer answer) {
    Entry entry = answer.entry();
    return entry == null || entry.isIntact();
  }

  private static void verify(Entry entry) {
    if (!entry.isIntact()) {
      byte[] expected = entry.revision().contentHash();
      byte[] actual = entry.toItem().contentHash();
      throw new CorruptDataException(
          "the content does not match the hash stored beside it; write it again or repair it",
          entry.id(),
          HexFormat.of().formatHex(expected),
          HexFormat.of().formatHex(actual));
    }
  }

  private Optional<Entry> content(Pending.Found found) {
    return found.content(log);
  }

  /**
   * What a read from below may do on its way.
   *
   * @param memory whether memory is filled with what was found
   * @param askCache whether the cache's answer will do
   * @param askFilter whether the filter's answer will do, which knows of no tombstone
   */
  private record Fill(boolean memory, boolean askCache, boolean askFilter) {
    static final Fill YES = new Fill(true, true, true);
    static final Fill YES_BUT_SKIP_FILTER = new Fill(true, true, false);
    static final Fill BUT_SKIP_CACHE = new Fill(true, false, false);
    static final Fill NO_AND_SKIP_CACHE = new Fill(false, false, false);
  }

  /** Reads from pending, the cache or the ground truth. */
  private Answer below(String id, Fill fill) {
    LogPlace cut = null;
    for (int i = 0; i < MAX_RESTARTS; i++) {
      long stamp = stripes.stamp(id);
      Pending.Found found = pending.find(id);
      if (found == null) {
        return loaded(id, stamp, fill);
      }
      Optional<Entry> here = content(found);
      if (here.isPresent()) {
        return found.doubt() == Doubt.NONE
            ? new Answer(here.get(), Source.PENDING)
            : higher(here.get(), stamp, found.doubt());
      }
      if (cut != null && cut.equals(found.place())) {
        // Pending still points there, so it is confirmed, and waits for its change row alone.
        return loaded(id, stamp, Fill.NO_AND_SKIP_CACHE);
      }
      // The log was cut meanwhile; if it was for a newer write of the id, that is here now.
      cut = found.place();
    }
    throw new TierUnavailableException(
        "log", "read", "the write was replaced again and again while it was read; try again", null);
  }

  private Answer loaded(String id, long stamp, Fill fill) {
    if (fill.askFilter && filter != null && filter.knowsAbsent(id)) {
      return new Answer(null, Source.FILTER);
    }
    Floor floor = cache == null ? null : cache.floor(id);
    Answer answer = cache == null || fill.askCache ? loads.load(id, stamp) : fromTruth(id);
    if (floor != null && answer.entry() != null && floor.isAbove(answer.entry())) {
      // Somebody's load from before it was known.
      answer = fromTruth(id);
    }
    if (answer.entry() != null) {
      pending.loaded(answer.entry(), stamp, fill.memory && !answer.damaged());
    }
    return answer;
  }

  private Answer fromTiers(String id) {
    if (cache != null) {
      Entry cached = cache.get(List.of(id)).get(id);
      if (cached != null) {
        seenBelow(cached);
        return new Answer(cached, Source.L2);
      }
    }
    return fromTruth(id);
  }

  private Answer fromTruth(String id) {
    truthReads.increment();
    LoadResult loaded = truth.load(List.of(id));
    Entry entry = loaded.found().get(id);
    boolean damaged = entry != null && !seenInTruth(entry, loaded.head());
    return new Answer(entry, truthSource, false, damaged);
  }

  /**
   * Before anybody sees it: nothing older comes from the cache after it.
   *
   * @return whether it may be kept. What is damaged is shown and not kept: a repair gives its row
   *     the content back under the same revision, and nobody forgets what has that
   */
  private boolean seenInTruth(Entry entry, long head) {
    truthHits.increment();
    seenBelow(entry);
    boolean intact = entry.isIntact();
    if (cache != null) {
      cache.seen(entry);
      if (intact) {
        cache.read(entry, head);
      }
    }
    return intact;
  }

  private void seenBelow(Entry entry) {
    observeVersion.accept(entry.version());
    if (filter != null) {
      filter.seen(entry);
    }
  }

  /** The higher of a write that may be overtaken and what the ground truth holds. */
  private Answer higher(Entry here, long stamp, Doubt doubt) {
    try {
      Answer there = loaded(here.id(), stamp, Fill.NO_AND_SKIP_CACHE);
      if (there.entry() != null && there.entry().isAbove(here)) {
        return there;
      }
    } catch (TierUnavailableException e) {
      if (doubt == Doubt.STRONG) {
        throw e;
      }
      return new Answer(here, Source.PENDING, true, false);
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
    if (cache != null) {
      lines.add(cacheStatus(cache, id));
    }
    lines.add(truthStatus(id));
    return lines;
  }

  private static TierStatus cacheStatus(CacheFeeder cache, String id) {
    try {
      Entry entry = cache.peek(id);
      return entry == null
          ? new TierStatus(Source.L2, State.NOT_CACHED, Optional.empty())
          : held(Source.L2, entry);
    } catch (TierException e) {
      return new TierStatus(Source.L2, State.UNKNOWN, Optional.empty());
    }
  }

  private static TierStatus held(Source source, Entry entry) {
    State state = entry.tombstone() ? State.DELETED : State.LIVE;
    return new TierStatus(source, state, Optional.of(entry.revision()));
  }

  private TierStatus truthStatus(String id) {
    try {
      Entry entry = truth.load(List.of(id)).found().get(id);
      if (entry == null) {
        return new TierStatus(truthSource, State.MISSING, Optional.empty());
      }
      return held(truthSource, entry);
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
