// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.model.Revision;
import io.syncengine.spi.Cache;
import io.syncengine.spi.CacheSpace;
import io.syncengine.spi.CacheWrite;
import io.syncengine.spi.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.opentest4j.TestAbortedException;

/**
 * Several threads that commit, tell and read the same few ids of one space, and check that no id
 * goes back: a read that begins after a revision was told or seen shows nothing below it.
 */
final class CacheHammer {
  private static final List<String> IDS = List.of("a", "b", "c", "d");

  private final CacheSpace space;
  private final Runnable forgetLanes;
  private final CacheTruth truth = new CacheTruth(IDS);
  // By id, the highest revision that was told or seen.
  private final Map<String, Revision> floors = new ConcurrentHashMap<>();

  CacheHammer(CacheSpace space, Runnable forgetLanes) {
    this.space = space;
    this.forgetLanes = forgetLanes;
  }

  /** What may be skipped: it does nothing where it aborts a test. */
  static Runnable optional(Runnable hook) {
    return () -> {
      try {
        hook.run();
      } catch (TestAbortedException e) {
        // The fixture cannot do it; the rest of the test stands without.
      }
    };
  }

  /** Works on one connection, for one thread; returns how many values and tombstones it saw. */
  int work(Cache cache, int steps, Random random) {
    List<List<CacheWrite>> late = new ArrayList<>();
    int seen = 0;
    for (int i = 0; i < steps; i++) {
      int dice = random.nextInt(16);
      if (dice < 4) {
        List<CacheWrite> told = CacheTruth.told(truth.commit(random), random.nextInt(4) == 0);
        tellNowOrLater(cache, told, late, random);
      } else if (dice < 7) {
        tellNowOrLater(cache, truth.read(random), late, random);
      } else if (dice < 9 && !late.isEmpty()) {
        tell(cache, late.remove(random.nextInt(late.size())));
      } else if (dice < 15) {
        seen += read(cache);
      } else if (random.nextInt(4) == 0) {
        forgetLanes.run();
      }
    }
    return seen;
  }

  private void tellNowOrLater(
      Cache cache, List<CacheWrite> writes, List<List<CacheWrite>> late, Random random) {
    if (random.nextInt(3) > 0) {
      tell(cache, writes);
    } else {
      late.add(writes);
    }
  }

  private void tell(Cache cache, List<CacheWrite> writes) {
    cache.put(space, writes, truth::head);
    writes.forEach(write -> floors.merge(write.id(), write.revision(), CacheTruth::higher));
  }

  private int read(Cache cache) {
    Map<String, Revision> before = new HashMap<>(floors);
    Map<String, Entry> found = cache.get(space, IDS);
    found.forEach(
        (id, entry) -> {
          Revision floor = before.get(id);
          assertThat(floor != null && floor.isAbove(entry.revision()))
              .as("%s went back from %s to %s", id, floor, entry.revision())
              .isFalse();
          floors.merge(id, entry.revision(), CacheTruth::higher);
        });
    return found.size();
  }
}
