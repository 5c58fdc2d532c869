// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static io.syncengine.testkit.Entries.committed;
import static io.syncengine.testkit.Entries.committedTombstone;
import static io.syncengine.testkit.Present.present;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.model.Revision;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.Cache;
import io.syncengine.spi.CacheOutcome;
import io.syncengine.spi.CacheSpace;
import io.syncengine.spi.CacheWrite;
import io.syncengine.spi.Entry;
import io.syncengine.spi.Header;
import io.syncengine.spi.Leaf;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * Of {@link CacheContract}: what is held can be told without the contents, and taken away. Override
 * {@link #damage}, where that can be done.
 *
 * @since 0.1
 */
public interface CacheScanClauses extends CacheLossClauses {
  /**
   * Makes of what is held of an id something that nobody understands.
   *
   * @param space where
   * @param id an id of which something is held
   */
  default void damage(CacheSpace space, String id) {
    Assumptions.abort("what this cache holds cannot be made to be damaged");
  }

  /** Everything that a header has, of values and tombstones, under the ids that were put. */
  @Test
  default void whatIsHeldIsScanned() {
    Cache cache = caches().open();
    CacheSpace space = caches().begun(cache);
    Map<String, Entry> entries = new HashMap<>();
    for (String id : StorageClauses.DISTINCT_IDS) {
      Entry entry =
          entries.size() % 3 == 0
              ? committedTombstone(id, entries.size() + 1L, 3)
              : committed(id, entries.size() + 1L, "of " + id, 3);
      entries.put(id, entry.toBuilder().acceptedAtMillis(1_000 + entries.size()).build());
    }
    caches().told(cache, space, entries.values().stream().map(e -> CacheWrite.put(e, 3)).toList());

    CacheWalk scan = new CacheWalk().all(cache, space, 10);

    assertThat(scan.headers).containsOnlyKeys(entries.keySet());
    assertThat(scan.unreadable).isEmpty();
    for (Entry entry : entries.values()) {
      Header header = present(scan.headers.get(entry.id()), "header");
      assertThat(header.revision()).isEqualTo(entry.revision());
      assertThat(header.acceptedAtMillis()).isEqualTo(entry.acceptedAtMillis());
      assertThat(header.leaf()).isEqualTo(Leaf.of(entry.id(), entry.revision()));
    }
  }

  /** What is there all the while comes, whatever else comes and goes between the pages. */
  @Test
  default void whatIsHeldDuringTheWholeScanComes() {
    Cache cache = caches().open();
    CacheSpace space = caches().begun(cache);
    List<CacheWrite> writes = new ArrayList<>();
    Set<String> kept = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      writes.add(CacheWrite.put(committed("kept" + i, 1, "x", 1), 1));
      writes.add(CacheWrite.put(committed("going" + i, 1, "x", 1), 1));
      kept.add("kept" + i);
    }
    caches().told(cache, space, writes);

    CacheWalk scan = new CacheWalk();
    String next = scan.page(cache, space, null, 100);
    for (int round = 0; next != null; round++) {
      List<CacheWrite> others = new ArrayList<>();
      for (int i = 100 * round; i < 100 * round + 100 && i < 1_000; i++) {
        others.add(CacheWrite.drop("going" + i, Revision.ofTombstone(2), 2));
        others.add(CacheWrite.put(committed("new" + i, 1, "x", 2), 2));
      }
      caches().told(cache, space, others);
      next = scan.page(cache, space, next, 100);
    }

    assertThat(scan.headers.keySet()).containsAll(kept);
  }

  /** Many pages, which are small, and none of which comes twice for ever. */
  @Test
  default void aScanComesToItsEndWhateverIsAskedForAtOnce() {
    Cache cache = caches().open();
    CacheSpace space = caches().begun(cache);
    for (int limit : new int[] {1, 7, 100_000}) {
      assertThat(new CacheWalk().all(cache, space, limit).headers).isEmpty();
    }
    List<CacheWrite> writes = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < 60; i++) {
      writes.add(CacheWrite.put(committed("id" + i, 1, "x", 1), 1));
      ids.add("id" + i);
    }
    caches().told(cache, space, writes);

    for (int limit : new int[] {1, 7, 100_000}) {
      assertThat(new CacheWalk().all(cache, space, limit).headers).containsOnlyKeys(ids);
    }
    assertThatThrownBy(() -> cache.scan(space, null, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Nothing is kept open for them. */
  @Test
  default void severalScansGoOnWhereverTheNextPageIsAskedFor() {
    Cache one = caches().open();
    Cache two = caches().open(caches().config().withInstanceId("two"));
    CacheSpace space = caches().begun(one);
    List<CacheWrite> writes = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      writes.add(CacheWrite.put(committed("id" + i, 1, "x", 1), 1));
    }
    caches().told(one, space, writes);

    CacheWalk first = new CacheWalk();
    CacheWalk second = new CacheWalk();
    String ofFirst = first.page(one, space, null, 50);
    String ofSecond = second.page(one, space, null, 50);
    for (int pages = 1; ofFirst != null || ofSecond != null; pages++) {
      Cache asked = pages < 3 ? one : two;
      ofFirst = ofFirst == null ? null : first.page(asked, space, ofFirst, 50);
      ofSecond = ofSecond == null ? null : second.page(asked, space, ofSecond, 50);
    }

    assertThat(first.headers).hasSize(500);
    assertThat(second.headers).hasSize(500);
  }

  /** Neither what is in another space, nor what is gone. */
  @Test
  default void whatIsNotHeldIsNotScanned() {
    Cache cache = caches().open();
    CacheSpace space = caches().begun(cache);
    CacheSpace another = caches().begun(cache);
    caches().told(cache, another, CacheWrite.put(committed("another", 1, "x", 1), 1));
    caches().told(cache, space, CacheWrite.put(committed("a", 1, "x", 1), 1));
    caches().told(cache, space, CacheWrite.put(committed("b", 1, "x", 1), 1));
    caches().told(cache, space, CacheWrite.drop("b", Revision.ofTombstone(2), 2));

    assertThat(new CacheWalk().all(cache, space, 10).headers).containsOnlyKeys("a");
    assertThat(new CacheWalk().all(cache, another, 10).headers).containsOnlyKeys("another");
  }

  /** What nobody understands is told by its id, and can be taken away. */
  @Test
  default void whatCannotBeUnderstoodIsTold() {
    Cache cache = caches().open();
    CacheSpace space = caches().begun(cache);
    for (String id : List.of("good", "bad", "worse *[?\\")) {
      caches().told(cache, space, CacheWrite.put(committed(id, 1, "x", 1), 1));
    }

    damage(space, "bad");
    damage(space, "worse *[?\\");

    CacheWalk scan = new CacheWalk().all(cache, space, 10);
    assertThat(scan.unreadable).containsExactlyInAnyOrder("bad", "worse *[?\\");
    assertThat(scan.headers).containsOnlyKeys("good");
    assertThat(cache.get(space, List.of("good", "bad"))).containsOnlyKeys("good");

    cache.remove(space, List.of("bad"));
    assertThat(new CacheWalk().all(cache, space, 10).unreadable).containsExactly("worse *[?\\");
  }

  /** These and no others. */
  @Test
  default void whatIsRemovedIsNotHeldAnyMore() {
    Cache cache = caches().open();
    CacheSpace space = caches().begun(cache);
    CacheSpace another = caches().begun(cache);
    List<CacheWrite> writes = new ArrayList<>();
    List<String> removed = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      Entry entry =
          i % 4 == 0 ? committedTombstone("id" + i, 1, 1) : committed("id" + i, 1, "x", 1);
      writes.add(CacheWrite.put(entry, 1));
      removed.add("id" + i);
    }
    writes.add(CacheWrite.put(committed("id", 1, "x", 1), 1));
    caches().told(cache, space, writes);
    caches().told(cache, another, CacheWrite.put(committed("id1", 1, "x", 1), 1));

    cache.remove(space, List.of());
    cache.remove(space, List.of("absent"));
    assertThat(new CacheWalk().all(cache, space, 500).headers).hasSize(1_001);
    cache.remove(space, removed);

    assertThat(cache.get(space, removed)).isEmpty();
    assertThat(new CacheWalk().all(cache, space, 500).headers).containsOnlyKeys("id");
    assertThat(cache.get(another, List.of("id1"))).containsOnlyKeys("id1");
  }

  /** It forgets what it holds, not what it was told. */
  @Test
  default void afterARemovalAnOlderWriteMakesNothing() {
    Cache cache = caches().open();
    CacheSpace space = caches().begun(cache);
    Entry old = committed("a", 1, "one", 3);
    caches().told(cache, space, CacheWrite.put(old, 3));
    caches().told(cache, space, CacheWrite.put(committed("a", 2, "two", 5), 5));

    cache.remove(space, List.of("a"));

    assertThat(caches().told(cache, space, CacheWrite.put(old, 4), caches()::head))
        .isEqualTo(CacheOutcome.ABSENT);
    assertThat(caches().get(cache, space, "a")).isNull();
    assertThat(caches().told(cache, space, CacheWrite.put(committed("a", 2, "two", 5), 5)))
        .containsExactly(CacheOutcome.STORED);
  }

  /** Unlike the call for the first page, none for another may take an end for what it is not. */
  @Test
  default void aScanOfWhatMayHaveGoneBackFails() {
    Cache cache = caches().open();
    CacheSpace space = caches().begun(cache);
    List<CacheWrite> writes = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      writes.add(CacheWrite.put(committed("id" + i, 1, "x", 1), 1));
    }
    caches().told(cache, space, writes);
    String next = new CacheWalk().page(cache, space, null, 50);

    goBack();

    assertThatThrownBy(() -> cache.scan(space, next, 50))
        .isInstanceOf(TierUnavailableException.class);
    assertThatThrownBy(() -> cache.scan(space, null, 50))
        .isInstanceOf(TierUnavailableException.class);
    assertThatThrownBy(() -> cache.remove(space, List.of("id1")))
        .isInstanceOf(TierUnavailableException.class);
  }
}
