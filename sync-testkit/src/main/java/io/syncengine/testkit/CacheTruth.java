// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import io.syncengine.model.Revision;
import io.syncengine.spi.CacheWrite;
import io.syncengine.spi.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * The ground truth behind a cache in a test: commits random changes of a few ids, and makes of them
 * what a cache is told. Safe from any thread; all methods under the monitor.
 */
final class CacheTruth {
  private final List<String> ids;
  private final Map<String, Entry> rows = new HashMap<>();
  private long head;
  private long version;

  CacheTruth(List<String> ids) {
    this.ids = ids;
  }

  synchronized long head() {
    return head;
  }

  /** Changes some ids in one commit; what was written. */
  synchronized List<Entry> commit(Random random) {
    head++;
    List<Entry> written = new ArrayList<>();
    for (String id : some(random)) {
      version++;
      written.add(
          random.nextInt(4) == 0
              ? Entries.committedTombstone(id, version, head)
              : Entries.committed(id, version, "content " + version, head));
    }
    written.forEach(entry -> rows.put(entry.id(), entry));
    return written;
  }

  /** What a reader of some ids fills a cache with. */
  synchronized List<CacheWrite> read(Random random) {
    List<CacheWrite> fill = new ArrayList<>();
    for (String id : some(random)) {
      Entry row = rows.get(id);
      if (row != null) {
        fill.add(CacheWrite.put(row, head));
      }
    }
    return fill;
  }

  /** What a cache is told of a commit: what was written, or what of it was missed. */
  static List<CacheWrite> told(List<Entry> written, boolean missed) {
    return written.stream()
        .map(
            entry ->
                missed
                    ? CacheWrite.drop(entry.id(), entry.revision(), entry.sequence())
                    : CacheWrite.put(entry, entry.sequence()))
        .toList();
  }

  static Revision higher(Revision one, Revision other) {
    return one.isAbove(other) ? one : other;
  }

  private Set<String> some(Random random) {
    Set<String> some = new TreeSet<>();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      some.add(ids.get(random.nextInt(ids.size())));
    }
    return some;
  }
}
