// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The newest change rows of an {@link InMemoryTier}. All methods under the tier's view lock, but
 * {@link #head}, which any thread may read.
 */
final class InMemoryChanges {
  private final long limit;
  private final NavigableMap<Long, ChangeRow> rows = new TreeMap<>();
  private long weight;
  private volatile long head;

  /** Keeps rows that hold together {@code limit} changes; the newest row always. */
  InMemoryChanges(long limit) {
    this.limit = limit;
  }

  long head() {
    return head;
  }

  void add(ChangeRow row) {
    rows.put(row.sequence(), row);
    weight += weight(row);
    while (weight > limit && rows.size() > 1) {
      weight -= weight(rows.pollFirstEntry().getValue());
    }
    head = row.sequence();
  }

  ChangePage page(String databaseId, long from, int max, long generation) {
    List<ChangeRow> page = new ArrayList<>();
    for (ChangeRow row : rows.tailMap(from, true).values()) {
      if (page.size() == max) {
        break;
      }
      page.add(row);
    }
    return new ChangePage(databaseId, head, headTag(), page, generation);
  }

  private static long weight(ChangeRow row) {
    return Math.max(1, row.changes().size());
  }

  /** The tag of the newest row; 0 if there is none. */
  long headTag() {
    Map.Entry<Long, ChangeRow> newest = rows.lastEntry();
    return newest == null ? 0 : newest.getValue().tag();
  }
}
