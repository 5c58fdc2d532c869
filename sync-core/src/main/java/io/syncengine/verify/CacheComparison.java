// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.verify;

import io.syncengine.model.Difference;
import io.syncengine.model.Difference.Fix;
import io.syncengine.model.Difference.Kind;
import io.syncengine.model.Revision;
import io.syncengine.spi.Entry;
import io.syncengine.spi.IdHash;
import io.syncengine.verify.CacheWalk.Candidate;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Compares the ground truth with itself, in a deep run, and with the cache before it. For one
 * thread.
 */
final class CacheComparison {
  private final Scope scope;
  private final Work work;
  private final Repairs repairs;
  private final Side here;
  private final @Nullable CacheWalk cached;
  private final BiPredicate<String, Long> unreflected;
  private final Supplier<Duration> settling;

  /**
   * Makes a comparison.
   *
   * @param cached null without a cache
   * @param unreflected whether it is known that the cache may not reflect an id's change row yet
   * @param settling after how long the cache has what was committed, if nothing is wrong
   */
  CacheComparison(
      Scope scope,
      Work work,
      Repairs repairs,
      Side here,
      @Nullable CacheWalk cached,
      BiPredicate<String, Long> unreflected,
      Supplier<Duration> settling) {
    this.scope = scope;
    this.work = work;
    this.repairs = repairs;
    this.here = here;
    this.cached = cached;
    this.unreflected = unreflected;
    this.settling = settling;
  }

  void run() {
    RowWalk rows = repairs.read(here);
    Map<String, Candidate> candidates = new LinkedHashMap<>();
    if (cached != null) {
      candidates.putAll(settled(cached, cached.differing(scope.isWhole() && !scope.deep())));
    }
    Map<String, Candidate> damagedThere =
        cached == null || !scope.deep() ? Map.of() : cached.damaged();
    if (rows != null) {
      repairRows(rows, cached);
      candidates.keySet().removeAll(rows.damaged().keySet());
    }
    if (cached != null) {
      candidates.putAll(damagedThere);
      repairCache(cached, candidates, rows == null ? Set.of() : new HashSet<>(rows.differing()));
    }
    repairs.finish(here, rows);
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

  private void repairRows(RowWalk rows, @Nullable CacheWalk cached) {
    for (Map<String, RowWalk.Damage> some : Portions.of(rows.damaged(), Portions.CONTENTS)) {
      List<String> ids = List.copyOf(some.keySet());
      Map<String, Entry> own = here.load(ids).found();
      Map<String, Entry> fromCache =
          cached == null || !scope.options().fromL2() ? Map.of() : cached.get(ids);
      Map<String, Entry> sources = new LinkedHashMap<>();
      some.forEach(
          (id, damage) -> {
            Entry source = source(damage, own.get(id), fromCache.get(id));
            if (source != null) {
              sources.put(id, source);
            }
          });
      Map<String, Fix> fixes = repairs.restore(sources, here);
      some.forEach(
          (id, damage) ->
              work.found(
                  new Difference(
                      id,
                      here.name(),
                      Kind.DAMAGED,
                      Optional.ofNullable(damage.header().revision()),
                      Optional.ofNullable(sources.get(id)).map(Entry::revision),
                      fixes.getOrDefault(id, scope.without()))));
    }
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

  private void repairCache(CacheWalk cached, Map<String, Candidate> candidates, Set<Integer> lost) {
    for (Map<String, Candidate> some : Portions.of(candidates, Portions.CONTENTS)) {
      Map<String, Entry> held = scope.options().fromL2() ? cached.get(some.keySet()) : Map.of();
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
      Map<String, Fix> fixes = repairs.restore(restored, here);
      if (scope.writes() && !removed.isEmpty()) {
        cached.remove(removed);
      }
      Fix fixed = scope.writes() ? Fix.REPAIRED : scope.notWritten();
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
   * rows of that bucket are not those of the change log. Of a part of the ids no digests are kept,
   * and the caller's wish decides.
   */
  private boolean isLost(String id, Candidate candidate, Set<Integer> lost) {
    Revision cached = candidate.cached();
    return cached != null
        && cached.isAbove(candidate.there())
        && (!scope.isWhole()
            || !here.keepsDigests()
            || lost.contains(IdHash.bucket(IdHash.of(id))));
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
}
