// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.verify;

import io.syncengine.merkle.DigestTree;
import io.syncengine.model.Revision;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.resilience.TierPort;
import io.syncengine.spi.Cache;
import io.syncengine.spi.CachePage;
import io.syncengine.spi.CacheSpace;
import io.syncengine.spi.Entry;
import io.syncengine.spi.Header;
import io.syncengine.spi.IdHash;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a cache really holds and tells what the ground truth does not agree with. The digests
 * are those of what is there, computed from it; buckets whose digest is the ground truth's need no
 * further look, so a full cache costs little more than its own scan. What a cache lacks is no
 * difference. For one thread.
 */
final class CacheWalk {
  /** What the cache is called in reports. */
  static final String NAME = "L2";

  private static final int PAGE = 1000;

  private final TierPort port;
  private final CacheSpace space;
  private final Side truth;
  private final Work work;
  private final Predicate<String> wanted;

  CacheWalk(TierPort port, CacheSpace space, Side truth, Work work, Predicate<String> wanted) {
    this.port = port;
    this.space = space;
    this.truth = truth;
    this.work = work;
    this.wanted = wanted;
  }

  /**
   * An id on which the two do not agree.
   *
   * @param cached what the cache holds; null if it cannot be understood
   * @param there what the ground truth holds; null for nothing, or something damaged
   * @param sequence the change row of that; 0 if there is none
   */
  record Candidate(@Nullable Revision cached, @Nullable Revision there, long sequence) {
    /** Of what cannot be understood. */
    static final Candidate DAMAGED = new Candidate(null, null, 0);

    static Candidate of(@Nullable Revision cached, @Nullable Entry there) {
      return there == null
          ? new Candidate(cached, null, 0)
          : new Candidate(cached, there.revision(), there.sequence());
    }

    Optional<Revision> held() {
      return Optional.ofNullable(cached);
    }

    Optional<Revision> expected() {
      return Optional.ofNullable(there);
    }
  }

  /**
   * All ids on which the two do not agree at this moment.
   *
   * @param byDigests whether buckets of equal digests are passed over
   */
  Map<String, Candidate> differing(boolean byDigests) {
    BitSet buckets = new BitSet();
    Map<String, Candidate> candidates = new LinkedHashMap<>();
    boolean passes = byDigests && truth.keepsDigests();
    if (passes) {
      DigestTree tree = new DigestTree();
      scan(headers -> headers.forEach(h -> tree.add(h.id(), h.leaf())), candidates);
      tree.differing(truth.bucketDigests().digests()).forEach(buckets::set);
      if (buckets.isEmpty()) {
        return candidates;
      }
    }
    scan(
        headers ->
            compare(
                headers.stream()
                    .filter(h -> !passes || buckets.get(IdHash.bucket(IdHash.of(h.id()))))
                    .filter(h -> wanted.test(h.id()))
                    .toList(),
                candidates),
        candidates);
    return candidates;
  }

  /** All values whose content is not what was written, whatever their headers say. */
  Map<String, Candidate> damaged() {
    Map<String, Candidate> suspects = new LinkedHashMap<>();
    scan(headers -> suspects(headers, suspects), suspects);
    if (suspects.isEmpty()) {
      return suspects;
    }
    // One may have been evicted between the scan and the look; what is still there is looked at.
    Map<String, Candidate> damaged = new LinkedHashMap<>();
    scan(
        headers ->
            suspects(headers.stream().filter(h -> suspects.containsKey(h.id())).toList(), damaged),
        damaged);
    return damaged;
  }

  private void suspects(List<Header> headers, Map<String, Candidate> suspects) {
    List<String> ids = headers.stream().map(Header::id).filter(wanted).distinct().toList();
    for (List<String> some : Portions.of(ids, Portions.CONTENTS)) {
      Map<String, Entry> held = get(some);
      for (String id : some) {
        Entry entry = held.get(id);
        if (entry == null || !entry.isIntact()) {
          suspects.put(id, Candidate.DAMAGED);
        }
      }
    }
  }

  private void scan(Consumer<List<Header>> page, Map<String, Candidate> candidates) {
    String cursor = null;
    do {
      String at = cursor;
      CachePage read = port.read(Cache.class, "scan", c -> c.scan(space, at, PAGE));
      work.request(0, (long) read.headers().size() * Revision.HASH_BYTES);
      work.looked(read.headers().size());
      for (String id : read.unreadable()) {
        if (wanted.test(id)) {
          candidates.put(id, Candidate.DAMAGED);
        }
      }
      page.accept(read.headers());
      cursor = read.next();
    } while (cursor != null);
  }

  private void compare(List<Header> headers, Map<String, Candidate> candidates) {
    Map<String, Revision> all = new LinkedHashMap<>();
    headers.forEach(h -> all.put(h.id(), h.revision()));
    for (Map<String, Revision> cached : Portions.of(all, Portions.CONTENTS)) {
      Side.Loaded loaded = truth.load(List.copyOf(cached.keySet()));
      cached.forEach(
          (id, revision) -> {
            Entry entry = loaded.found().get(id);
            Revision there = entry == null ? null : entry.revision();
            if (differs(revision, there) && !loaded.damaged().contains(id)) {
              candidates.put(id, Candidate.of(revision, entry));
            }
          });
    }
  }

  /** A tombstone whose row was purged is no difference: both say that there is nothing. */
  private static boolean differs(@Nullable Revision cached, @Nullable Revision there) {
    return cached == null || (there == null ? !cached.tombstone() : !cached.equals(there));
  }

  /**
   * Looks at candidates again; those that agree by now, or are not cached any more, are left out.
   */
  Map<String, Candidate> again(Map<String, Candidate> candidates) {
    Map<String, Candidate> still = new LinkedHashMap<>();
    for (Map<String, Candidate> some : Portions.of(candidates, Portions.CONTENTS)) {
      Map<String, Entry> cached = get(some.keySet());
      Side.Loaded loaded = truth.load(List.copyOf(some.keySet()));
      some.forEach(
          (id, first) -> {
            Entry here = cached.get(id);
            Entry there = loaded.found().get(id);
            Revision expected = there == null ? null : there.revision();
            if (here == null && first.cached == null) {
              still.put(id, Candidate.of(null, there));
            } else if (here != null && differs(here.revision(), expected)) {
              still.put(id, Candidate.of(here.revision(), there));
            }
          });
    }
    return still;
  }

  /** What the cache holds of ids that can be understood. */
  Map<String, Entry> get(Collection<String> ids) {
    work.request(0, 0);
    return port.decoded(port.read(Cache.class, "get", c -> c.get(space, ids)));
  }

  /** Deletes what the cache holds of ids. */
  void remove(Collection<String> ids) {
    work.request(0, 0);
    port.run(Cache.class, "remove", c -> c.remove(space, ids));
  }

  /** Not a difference, but no answer either. */
  static TierUnavailableException notInUse(String name) {
    return new TierUnavailableException(
        name, "verify", "the cache is not in use now; try again when health() is UP", null);
  }
}
