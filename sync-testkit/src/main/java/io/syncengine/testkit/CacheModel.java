// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.model.Revision;
import io.syncengine.spi.Cache;
import io.syncengine.spi.CacheOutcome;
import io.syncengine.spi.CacheSpace;
import io.syncengine.spi.CacheWrite;
import io.syncengine.spi.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A cache beside a plain map: knows for each id the highest revision that was told and what is
 * held, and leaves to the cache only whether knowledge of middle age makes something. What was
 * committed or read is told at once, late, twice or never. For one thread.
 */
final class CacheModel {
  private static final List<String> IDS = List.of("a", "A", "b", "c.d", "\u00e9", "\ud83d\ude00");

  private final CacheFixture caches;
  private final Runnable forgetLanes;
  private final Random random;
  private final CacheTruth truth = new CacheTruth(IDS);
  private final List<List<CacheWrite>> late = new ArrayList<>();
  private final Map<String, Revision> told = new HashMap<>();
  private final Map<String, Entry> held = new HashMap<>();
  private final CacheSpace space;
  private Cache cache;

  CacheModel(CacheFixture caches, Runnable forgetLanes, long seed) {
    this.caches = caches;
    this.forgetLanes = forgetLanes;
    this.random = new Random(seed);
    this.cache = caches.open();
    this.space = caches.begun(cache);
  }

  void step() {
    int dice = random.nextInt(20);
    if (dice < 7) {
      tellNowOrLater(CacheTruth.told(truth.commit(random), random.nextInt(4) == 0));
    } else if (dice < 11) {
      tellNowOrLater(truth.read(random));
    } else if (dice < 14 && !late.isEmpty()) {
      int which = random.nextInt(late.size());
      tell(random.nextInt(4) == 0 ? late.get(which) : late.remove(which));
    } else if (dice < 18) {
      checkAll();
    } else if (dice < 19) {
      forgetLanes.run();
    } else {
      cache = caches.open();
    }
  }

  void checkAll() {
    Map<String, Entry> found = cache.get(space, IDS);
    assertThat(found.keySet()).containsExactlyInAnyOrderElementsOf(held.keySet());
    held.forEach((id, entry) -> caches.assertHeld(found.get(id), entry));
  }

  private void tellNowOrLater(List<CacheWrite> writes) {
    if (random.nextInt(3) > 0) {
      tell(writes);
    } else if (random.nextInt(4) > 0) {
      late.add(writes);
    }
  }

  private void tell(List<CacheWrite> writes) {
    long head = truth.head();
    List<CacheOutcome> outcomes = cache.put(space, writes, truth::head);
    assertThat(outcomes).hasSameSizeAs(writes);
    for (int i = 0; i < writes.size(); i++) {
      CacheWrite write = writes.get(i);
      told.merge(write.id(), write.revision(), CacheTruth::higher);
      check(write, outcomes.get(i), head);
    }
  }

  private void check(CacheWrite write, CacheOutcome outcome, long head) {
    Entry there = held.get(write.id());
    if (there != null && !write.revision().isAbove(there.revision())) {
      assertThat(outcome).isEqualTo(CacheOutcome.KEPT);
      return;
    }
    assertThat(outcome).isIn(allowed(write, there, head));
    if (outcome == CacheOutcome.STORED && write.entry() != null) {
      held.put(write.id(), write.entry());
    } else {
      held.remove(write.id());
    }
  }

  private List<CacheOutcome> allowed(CacheWrite write, @Nullable Entry there, long head) {
    if (write.entry() == null) {
      return List.of(CacheOutcome.ABSENT);
    }
    if (there != null || write.sequence() == head) {
      return List.of(CacheOutcome.STORED);
    }
    return write.revision().equals(told.get(write.id()))
        ? List.of(CacheOutcome.STORED, CacheOutcome.ABSENT)
        : List.of(CacheOutcome.ABSENT);
  }
}
