// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.verify;

import io.syncengine.change.HeaderWalk;
import io.syncengine.model.Difference;
import io.syncengine.model.Difference.Fix;
import io.syncengine.model.Difference.Kind;
import io.syncengine.model.ItemId;
import io.syncengine.model.Revision;
import io.syncengine.model.VerifyOptions;
import io.syncengine.model.VerifyReport;
import io.syncengine.read.Subtree;
import io.syncengine.resilience.Pauses;
import io.syncengine.resilience.TierPort;
import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.CacheSpace;
import io.syncengine.spi.Entry;
import io.syncengine.spi.Header;
import io.syncengine.spi.Headers;
import io.syncengine.spi.IdHash;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.ItemOutcome;
import io.syncengine.spi.TimeSource;
import io.syncengine.verify.CacheWalk.Candidate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Compares tiers and puts right what differs, on the thread that asks. It holds nothing: each run
 * has its own state, several may run at once, and writers go on, since whatever is written goes
 * through the fence of its tier.
 */
public final class Verifier {
  private static final int LOADED = 200;
  private static final int BUCKETS_AT_ONCE = 256;

  private final TierPort truth;
  private final @Nullable TierPort cache;
  private final Supplier<@Nullable CacheSpace> space;
  private final BiConsumer<ApplyResult, List<Entry>> committed;
  private final BiPredicate<String, Long> unreflected;
  private final Supplier<Duration> settling;
  private final TimeSource time;
  private final Pauses pauses;

  /**
   * Makes a verifier.
   *
   * @param cache the cache before the ground truth; null without one
   * @param space the space of the cache that is in use; null while none is
   * @param committed is told of each batch that is written to the ground truth
   * @param unreflected whether it is known that the cache may not reflect an id's change row yet
   * @param settling after how long the cache has what was committed, if nothing is wrong
   */
  public Verifier(
      TierPort truth,
      @Nullable TierPort cache,
      Supplier<@Nullable CacheSpace> space,
      BiConsumer<ApplyResult, List<Entry>> committed,
      BiPredicate<String, Long> unreflected,
      Supplier<Duration> settling,
      TimeSource time,
      Pauses pauses) {
    this.truth = truth;
    this.cache = cache;
    this.space = space;
    this.committed = committed;
    this.unreflected = unreflected;
    this.settling = settling;
    this.time = time;
    this.pauses = pauses;
  }

  /**
   * Compares, and repairs if it is asked to.
   *
   * @param other the other database, open; null for none
   */
  public VerifyReport run(VerifyOptions options, boolean repair, @Nullable TierPort other) {
    if (!truth.has(Headers.class)) {
      throw new UnsupportedOperationException(truth.name() + " does not offer Headers");
    }
    return new Run(options, repair && !options.dryRun(), repair).run(other);
  }

  /** One run. */
  private final class Run {
    private final VerifyOptions options;
    private final boolean writes;
    private final boolean wouldWrite;
    private final Subtree subtree;
    private final Work work;
    private final Side here;

    Run(VerifyOptions options, boolean writes, boolean wouldWrite) {
      this.options = options;
      this.writes = writes;
      this.wouldWrite = wouldWrite;
      this.subtree = Subtree.of(options.prefix());
      this.work = new Work(time, pauses, options.itemsPerSecond());
      this.here = new Side(truth.name(), truth, work, committed);
    }

    VerifyReport run(@Nullable TierPort other) {
      if (other != null) {
        between(new Side("other", other, work, (result, entries) -> {}));
      } else {
        withCache();
      }
      return work.report();
    }

    private boolean isWhole() {
      return options.prefix().isEmpty();
    }

    /** Reads the rows of a side and holds them against themselves. */
    private RowWalk read(Side side) {
      RowWalk rows = new RowWalk(side);
      if (isWhole()) {
        rows.readAll();
        work.buckets(rows.differing());
      } else {
        ranges().forEach(rows::read);
      }
      return rows;
    }

    /**
     * Where rows are not those of the change log: writes them over themselves, so that all who
     * follow it learn of them, and puts their digests in the place of those that are kept.
     */
    private void mend(Side side, RowWalk rows, Set<String> handled) {
      if (!writes || rows.differing().isEmpty()) {
        return;
      }
      for (List<Integer> some : Portions.of(rows.differing(), BUCKETS_AT_ONCE)) {
        List<String> ids =
            side.buckets(some).stream()
                .filter(h -> h.revision() != null && h.live())
                .map(Header::id)
                .filter(id -> !handled.contains(id))
                .toList();
        Portions.of(ids, LOADED).forEach(part -> write(side.load(part).found(), side, true));
      }
      work.digestsReplaced(rows.replaceKept());
    }

    private List<IdRange> ranges() {
      List<IdRange> ranges = new ArrayList<>();
      // An id and what follows it at once: nothing lies between them.
      subtree.root().ifPresent(id -> ranges.add(new IdRange(id, id + '\u0000')));
      ranges.add(subtree.below());
      return ranges;
    }

    // --- the ground truth and its cache

    private void withCache() {
      RowWalk rows = options.deep() ? read(here) : null;
      CacheWalk cached = cacheWalk();
      Map<String, Candidate> candidates =
          cached == null
              ? Map.of()
              : settled(cached, cached.differing(isWhole() && !options.deep()));
      Map<String, Candidate> damagedThere =
          cached == null || !options.deep() ? Map.of() : cached.damaged();
      Set<String> handled = new HashSet<>();
      if (rows != null) {
        repairRows(rows, cached, handled);
      }
      Set<Integer> lost = rows == null ? Set.of() : new HashSet<>(rows.differing());
      if (cached != null) {
        Map<String, Candidate> all = new LinkedHashMap<>(candidates);
        all.putAll(damagedThere);
        all.keySet().removeAll(handled);
        repairCache(cached, all, lost);
      }
      if (rows != null) {
        mend(here, rows, handled);
      }
    }

    private @Nullable CacheWalk cacheWalk() {
      if (cache == null) {
        return null;
      }
      CacheSpace used = space.get();
      if (used == null) {
        throw CacheWalk.notInUse(cache.name());
      }
      return new CacheWalk(cache, used, here, work, subtree::contains);
    }

    /** What still differs after the time in which commits get into the cache. */
    private Map<String, Candidate> settled(CacheWalk cached, Map<String, Candidate> first) {
      Map<String, Candidate> left = first;
      int rounds = 3;
      for (int i = 0; i < rounds && !left.isEmpty(); i++) {
        work.pause(settling.get().dividedBy(rounds));
        Map<String, Candidate> still = cached.again(left);
        still.entrySet().removeIf(one -> comes(one.getKey(), one.getValue()));
        left.keySet().stream().filter(id -> !still.containsKey(id)).forEach(id -> work.settled());
        left = still;
      }
      return left;
    }

    /** Whether it is known that the cache lacks it, so that what it holds is shown to nobody. */
    private boolean comes(String id, Candidate candidate) {
      return candidate.cached() != null
          && candidate.there() != null
          && candidate.there().isAbove(candidate.cached())
          && unreflected.test(id, candidate.sequence());
    }

    private void repairRows(RowWalk rows, @Nullable CacheWalk cached, Set<String> handled) {
      for (Map<String, RowWalk.Damage> some : Portions.of(rows.damaged(), LOADED)) {
        List<String> ids = List.copyOf(some.keySet());
        Map<String, Entry> own = here.load(ids).found();
        Map<String, Entry> fromCache =
            cached == null || !options.fromL2() ? Map.of() : cached.get(ids);
        Map<String, Entry> sources = new LinkedHashMap<>();
        some.forEach(
            (id, damage) -> {
              Entry source = source(damage, own.get(id), fromCache.get(id));
              if (source != null) {
                sources.put(id, source);
              }
            });
        Map<String, Fix> fixes = restore(sources);
        some.forEach(
            (id, damage) ->
                work.found(
                    new Difference(
                        id,
                        here.name(),
                        Kind.DAMAGED,
                        Optional.ofNullable(damage.header().revision()),
                        Optional.ofNullable(sources.get(id)).map(Entry::revision),
                        fixes.getOrDefault(id, without()))));
        handled.addAll(ids);
      }
    }

    private Fix without() {
      return wouldWrite ? Fix.NO_SOURCE : Fix.NONE;
    }

    /** What a damaged row can be made of: itself, or what the cache holds of the same or newer. */
    private @Nullable Entry source(
        RowWalk.Damage damage, @Nullable Entry own, @Nullable Entry cached) {
      if (damage.contentIntact() && own != null) {
        return own;
      }
      if (cached == null || !cached.isIntact()) {
        return null;
      }
      Revision held = damage.header().revision();
      return held == null || cached.revision().equals(held) || cached.revision().isAbove(held)
          ? cached
          : null;
    }

    private Map<String, Fix> restore(Map<String, Entry> entries) {
      return write(entries, here, true);
    }

    /** Writes entries to a side; says of each what became of it. */
    private Map<String, Fix> write(Map<String, Entry> entries, Side side, boolean over) {
      Map<String, Fix> fixes = new HashMap<>();
      if (!writes) {
        entries.keySet().forEach(id -> fixes.put(id, wouldWrite ? Fix.WOULD_REPAIR : Fix.NONE));
        return fixes;
      }
      List<Entry> batch = new ArrayList<>();
      for (Entry entry : entries.values()) {
        batch.add(entry.toBuilder().base(null).build());
      }
      batch.sort(Comparator.comparing(Entry::id, ItemId.BYTE_ORDER));
      if (batch.isEmpty()) {
        return fixes;
      }
      ApplyResult result = over && side.restores() ? side.restore(batch) : side.apply(batch);
      for (int i = 0; i < batch.size(); i++) {
        fixes.put(batch.get(i).id(), fix(result.outcomes().get(i)));
      }
      return fixes;
    }

    private static Fix fix(ItemOutcome outcome) {
      return switch (outcome.kind()) {
        case APPLIED, UNCHANGED -> Fix.REPAIRED;
        case FAILED -> ItemOutcome.EXPIRED.equals(outcome.reason()) ? Fix.AMBIGUOUS : Fix.REFUSED;
        case STALE, CONFLICT -> Fix.REFUSED;
      };
    }

    private void repairCache(
        CacheWalk cached, Map<String, Candidate> candidates, Set<Integer> lost) {
      for (Map<String, Candidate> some : Portions.of(candidates, LOADED)) {
        Map<String, Entry> held = options.fromL2() ? cached.get(some.keySet()) : Map.of();
        Map<String, Entry> restored = new LinkedHashMap<>();
        some.forEach(
            (id, candidate) -> {
              Entry entry = held.get(id);
              if (entry != null && entry.isIntact() && isLost(id, candidate, lost)) {
                restored.put(id, entry);
              }
            });
        List<String> removed =
            some.keySet().stream().filter(id -> !restored.containsKey(id)).toList();
        Map<String, Fix> fixes = restore(restored);
        if (writes && !removed.isEmpty()) {
          cached.remove(removed);
        }
        Fix fixed = writes ? Fix.REPAIRED : wouldWrite ? Fix.WOULD_REPAIR : Fix.NONE;
        some.forEach(
            (id, candidate) ->
                work.found(
                    restored.containsKey(id)
                        ? new Difference(
                            id,
                            here.name(),
                            candidate.there() == null ? Kind.MISSING : Kind.OLDER,
                            candidate.expected(),
                            candidate.held(),
                            fixes.getOrDefault(id, Fix.NONE))
                        : new Difference(
                            id,
                            CacheWalk.NAME,
                            kind(candidate),
                            candidate.held(),
                            candidate.expected(),
                            fixed)));
      }
    }

    /**
     * Whether what the ground truth holds of an id is less than it had: the cache has more, and the
     * rows of that bucket are not those of the change log. Of a part of the ids no digests are
     * kept, and the caller's wish decides.
     */
    private boolean isLost(String id, Candidate candidate, Set<Integer> lost) {
      Revision cached = candidate.cached();
      return cached != null
          && cached.isAbove(candidate.there())
          && (!isWhole() || !here.keepsDigests() || lost.contains(IdHash.bucket(IdHash.of(id))));
    }

    private static Kind kind(Candidate candidate) {
      Revision cached = candidate.cached();
      Revision there = candidate.there();
      if (cached == null) {
        return Kind.DAMAGED;
      }
      if (there == null) {
        return Kind.EXTRA;
      }
      return cached.isAbove(there) ? Kind.NEWER : Kind.OLDER;
    }

    // --- two databases

    private void between(Side there) {
      RowWalk rowsHere = options.deep() ? read(here) : null;
      RowWalk rowsThere = options.deep() ? read(there) : null;
      Map<String, RowWalk.Damage> damagedHere = rowsHere == null ? Map.of() : rowsHere.damaged();
      Map<String, RowWalk.Damage> damagedThere = rowsThere == null ? Map.of() : rowsThere.damaged();
      Set<String> ids = new LinkedHashSet<>(damagedHere.keySet());
      ids.addAll(damagedThere.keySet());
      if (isWhole() && !options.deep() && here.keepsDigests() && there.keepsDigests()) {
        differingByDigests(there, ids);
      } else {
        ranges().forEach(range -> differingByRows(range, there, ids));
      }
      for (List<String> some : Portions.of(List.copyOf(ids), LOADED)) {
        compare(some, there, damagedHere, damagedThere);
      }
      if (rowsHere != null && rowsThere != null) {
        mend(here, rowsHere, ids);
        mend(there, rowsThere, ids);
      }
    }

    private void differingByDigests(Side there, Set<String> ids) {
      List<Integer> buckets = TreeWalk.differing(here, there);
      for (List<Integer> some : Portions.of(buckets, BUCKETS_AT_ONCE)) {
        Map<String, Header> left = byId(here.buckets(some));
        Map<String, Header> right = byId(there.buckets(some));
        ids.addAll(differing(left, right));
      }
    }

    private static Map<String, Header> byId(List<Header> headers) {
      Map<String, Header> byId = new TreeMap<>(ItemId.BYTE_ORDER);
      headers.forEach(header -> byId.put(header.id(), header));
      return byId;
    }

    private static List<String> differing(Map<String, Header> left, Map<String, Header> right) {
      Set<String> both = new TreeSet<>(ItemId.BYTE_ORDER);
      both.addAll(left.keySet());
      both.addAll(right.keySet());
      return both.stream().filter(id -> differ(left.get(id), right.get(id))).toList();
    }

    /** A tombstone and nothing are no difference: both say that there is nothing. */
    private static boolean differ(@Nullable Header left, @Nullable Header right) {
      if (left == null || right == null) {
        return (left != null && left.live()) || (right != null && right.live());
      }
      if (!left.live() && !right.live()) {
        return false;
      }
      return left.revision() == null || !left.revision().equals(right.revision());
    }

    /** Walks over both in the order of ids, a page of either at a time. */
    private void differingByRows(IdRange range, Side there, Set<String> ids) {
      Pages left = new Pages(here, range);
      Pages right = new Pages(there, range);
      Header l = left.next();
      Header r = right.next();
      while (l != null || r != null) {
        int order = order(l, r);
        Header first = order <= 0 ? l : null;
        Header second = order >= 0 ? r : null;
        Header either = first == null ? second : first;
        if (either != null && differ(first, second)) {
          ids.add(either.id());
        }
        l = order <= 0 ? left.next() : l;
        r = order >= 0 ? right.next() : r;
      }
    }

    private static int order(@Nullable Header l, @Nullable Header r) {
      if (l == null || r == null) {
        return l == null ? 1 : -1;
      }
      return ItemId.BYTE_ORDER.compare(l.id(), r.id());
    }

    /** Looks at ids on both sides again; what still differs is told, and put right if asked to. */
    private void compare(
        List<String> ids,
        Side there,
        Map<String, RowWalk.Damage> damagedHere,
        Map<String, RowWalk.Damage> damagedThere) {
      Side.Loaded left = here.load(ids);
      Side.Loaded right = there.load(ids);
      Map<String, Entry> toHere = new LinkedHashMap<>();
      Map<String, Entry> toThere = new LinkedHashMap<>();
      List<Difference> found = new ArrayList<>();
      for (String id : ids) {
        Entry l = whole(id, left, damagedHere);
        Entry r = whole(id, right, damagedThere);
        boolean brokenHere = left.damaged().contains(id) || damagedHere.containsKey(id);
        boolean brokenThere = right.damaged().contains(id) || damagedThere.containsKey(id);
        Difference difference = difference(id, l, r, brokenHere, brokenThere, there);
        if (difference == null) {
          work.settled();
          continue;
        }
        found.add(difference);
        boolean wrongHere = difference.side().equals(here.name());
        Entry source = wrongHere ? r : l;
        if (source != null) {
          (wrongHere ? toHere : toThere).put(id, source);
        }
      }
      Map<String, Fix> fixedHere = repaired(toHere, here, damagedHere);
      Map<String, Fix> fixedThere = repaired(toThere, there, damagedThere);
      for (Difference difference : found) {
        boolean wrongHere = difference.side().equals(here.name());
        Fix fix = (wrongHere ? fixedHere : fixedThere).get(difference.id());
        work.found(difference.with(fix == null ? without() : fix));
      }
    }

    /** Rows that are damaged are written over; all others as any writer would. */
    private Map<String, Fix> repaired(
        Map<String, Entry> entries, Side side, Map<String, RowWalk.Damage> damaged) {
      Map<String, Entry> over = new LinkedHashMap<>();
      Map<String, Entry> plain = new LinkedHashMap<>();
      Map<String, Fix> fixes = new HashMap<>();
      for (Map.Entry<String, Entry> one : entries.entrySet()) {
        (damaged.containsKey(one.getKey()) ? over : plain).put(one.getKey(), one.getValue());
      }
      fixes.putAll(write(over, side, true));
      fixes.putAll(write(plain, side, false));
      if (wouldWrite && !writes && !plain.isEmpty()) {
        long horizon = side.horizonMillis();
        Set<String> present = side.load(List.copyOf(plain.keySet())).found().keySet();
        plain.forEach(
            (id, entry) -> {
              if (!present.contains(id) && entry.acceptedAtMillis() < horizon) {
                fixes.put(id, Fix.AMBIGUOUS);
              }
            });
      }
      return fixes;
    }

    private static @Nullable Entry whole(
        String id, Side.Loaded loaded, Map<String, RowWalk.Damage> damaged) {
      RowWalk.Damage damage = damaged.get(id);
      return damage != null && !damage.contentIntact() ? null : loaded.found().get(id);
    }

    private @Nullable Difference difference(
        String id,
        @Nullable Entry l,
        @Nullable Entry r,
        boolean brokenHere,
        boolean brokenThere,
        Side there) {
      Optional<Revision> left = Optional.ofNullable(l).map(Entry::revision);
      Optional<Revision> right = Optional.ofNullable(r).map(Entry::revision);
      if (brokenHere || brokenThere) {
        return brokenHere
            ? new Difference(id, here.name(), Kind.DAMAGED, left, right, Fix.NONE)
            : new Difference(id, there.name(), Kind.DAMAGED, right, left, Fix.NONE);
      }
      if (l == null || r == null) {
        Entry only = l == null ? r : l;
        if (only == null || only.tombstone()) {
          return null;
        }
        return l == null
            ? new Difference(id, here.name(), Kind.MISSING, left, right, Fix.NONE)
            : new Difference(id, there.name(), Kind.MISSING, right, left, Fix.NONE);
      }
      if (l.revision().equals(r.revision()) || (l.tombstone() && r.tombstone())) {
        return null;
      }
      return r.isAbove(l)
          ? new Difference(id, here.name(), Kind.OLDER, left, right, Fix.NONE)
          : new Difference(id, there.name(), Kind.OLDER, right, left, Fix.NONE);
    }
  }

  /** The headers of a side, one after the other. */
  private static final class Pages {
    private final Side side;
    private final HeaderWalk walk;
    private List<Header> page = List.of();
    private int at;

    Pages(Side side, IdRange range) {
      this.side = side;
      this.walk = side.walk(range);
    }

    @Nullable Header next() {
      while (at == page.size()) {
        List<Header> more = side.next(walk);
        if (more == null) {
          return null;
        }
        page = more;
        at = 0;
      }
      return page.get(at++);
    }
  }
}
