// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.verify;

import io.syncengine.change.HeaderWalk;
import io.syncengine.model.Difference;
import io.syncengine.model.Difference.Fix;
import io.syncengine.model.Difference.Kind;
import io.syncengine.model.ItemId;
import io.syncengine.model.Revision;
import io.syncengine.spi.Entry;
import io.syncengine.spi.Header;
import io.syncengine.spi.IdRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Compares two databases: by their kept digests, or by the headers of all rows. What differs is
 * looked at again, told, and put right a portion at a time. For one thread.
 */
final class DatabaseComparison {
  private static final int LOADED = 200;

  private final Scope scope;
  private final Work work;
  private final Repairs repairs;
  private final Side here;
  private final Side there;
  private final List<String> waiting = new ArrayList<>();
  private Map<String, RowWalk.Damage> damagedHere = Map.of();
  private Map<String, RowWalk.Damage> damagedThere = Map.of();

  DatabaseComparison(Scope scope, Work work, Repairs repairs, Side here, Side there) {
    this.scope = scope;
    this.work = work;
    this.repairs = repairs;
    this.here = here;
    this.there = there;
  }

  void run() {
    RowWalk rowsHere = repairs.read(here);
    RowWalk rowsThere = repairs.read(there);
    damagedHere = rowsHere == null ? Map.of() : rowsHere.damaged();
    damagedThere = rowsThere == null ? Map.of() : rowsThere.damaged();
    Set<String> damaged = new LinkedHashSet<>(damagedHere.keySet());
    damaged.addAll(damagedThere.keySet());
    Portions.of(List.copyOf(damaged), LOADED).forEach(this::compare);
    if (scope.isWhole() && !scope.deep() && here.keepsDigests() && there.keepsDigests()) {
      byDigests();
    } else {
      scope.ranges().forEach(this::byRows);
    }
    compareWaiting();
    repairs.finish(here, rowsHere);
    repairs.finish(there, rowsThere);
  }

  private void byDigests() {
    for (List<Integer> some : Portions.of(TreeWalk.differing(here, there), Portions.BUCKETS)) {
      Map<String, Header> left = byId(here.buckets(some).headers());
      Map<String, Header> right = byId(there.buckets(some).headers());
      differing(left, right).forEach(this::differs);
    }
  }

  /** Both do not have the same of an id; those that are damaged were looked at before. */
  private void differs(String id) {
    if (damagedHere.containsKey(id) || damagedThere.containsKey(id)) {
      return;
    }
    waiting.add(id);
    if (waiting.size() == LOADED) {
      compareWaiting();
    }
  }

  private void compareWaiting() {
    compare(List.copyOf(waiting));
    waiting.clear();
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
  private void byRows(IdRange range) {
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
        differs(either.id());
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

  /**
   * What is wrong with an id on a side, and what it can be repaired by.
   *
   * @param difference without what became of it
   * @param source the higher of what both hold; null if neither holds anything whole
   */
  private record Found(Side side, Difference difference, @Nullable Entry source) {}

  /** Looks at ids on both sides again; what still differs is told, and put right if asked to. */
  private void compare(List<String> ids) {
    if (ids.isEmpty()) {
      return;
    }
    Side.Loaded left = here.load(ids);
    Side.Loaded right = there.load(ids);
    List<Found> all = new ArrayList<>();
    for (String id : ids) {
      Entry l = whole(id, left, damagedHere);
      Entry r = whole(id, right, damagedThere);
      Entry best = l == null || (r != null && r.isAbove(l)) ? r : l;
      List<Found> found = new ArrayList<>();
      boolean brokenHere = left.damaged().contains(id) || damagedHere.containsKey(id);
      boolean brokenThere = right.damaged().contains(id) || damagedThere.containsKey(id);
      kind(l, best, brokenHere).ifPresent(kind -> found.add(found(id, here, kind, l, best)));
      kind(r, best, brokenThere).ifPresent(kind -> found.add(found(id, there, kind, r, best)));
      if (found.isEmpty()) {
        work.settled();
      }
      all.addAll(found);
    }
    Map<String, Fix> fixedHere = repaired(all, here, damagedHere);
    Map<String, Fix> fixedThere = repaired(all, there, damagedThere);
    for (Found one : all) {
      Map<String, Fix> fixed = one.side == here ? fixedHere : fixedThere;
      work.found(one.difference.with(fixed.getOrDefault(one.difference.id(), scope.without())));
    }
  }

  private static Found found(
      String id, Side side, Kind kind, @Nullable Entry own, @Nullable Entry best) {
    Optional<Revision> held = Optional.ofNullable(own).map(Entry::revision);
    Optional<Revision> expected = Optional.ofNullable(best).map(Entry::revision);
    return new Found(side, new Difference(id, side.name(), kind, held, expected, Fix.NONE), best);
  }

  /** How what a side holds differs from the best there is. */
  private static Optional<Kind> kind(@Nullable Entry own, @Nullable Entry best, boolean broken) {
    if (broken) {
      return Optional.of(Kind.DAMAGED);
    }
    if (best == null || (best.tombstone() && (own == null || own.tombstone()))) {
      return Optional.empty();
    }
    if (own == null) {
      return Optional.of(Kind.MISSING);
    }
    return own.revision().equals(best.revision()) ? Optional.empty() : Optional.of(Kind.OLDER);
  }

  /** What a side holds of an id, if it is what was written. */
  private static @Nullable Entry whole(
      String id, Side.Loaded loaded, Map<String, RowWalk.Damage> damaged) {
    RowWalk.Damage damage = damaged.get(id);
    return damage != null && !damage.contentIntact() ? null : loaded.found().get(id);
  }

  /** Rows that are damaged are written over; all others as any writer would. */
  private Map<String, Fix> repaired(
      List<Found> all, Side side, Map<String, RowWalk.Damage> damaged) {
    Map<String, Entry> over = new LinkedHashMap<>();
    Map<String, Entry> plain = new LinkedHashMap<>();
    for (Found one : all) {
      String id = one.difference.id();
      if (one.side == side && one.source != null) {
        (damaged.containsKey(id) ? over : plain).put(id, one.source);
      }
    }
    Map<String, Fix> fixes = new HashMap<>();
    fixes.putAll(repairs.restore(over, side));
    fixes.putAll(repairs.apply(plain, side));
    if (scope.repair() && !scope.writes() && !plain.isEmpty()) {
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
