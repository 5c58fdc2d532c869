// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
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
  private final Map<String, Long> readers = new HashMap<>();
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

  /** Whether no row above a sequence is gone, and there can be none to come below it. */
  boolean hasAllAbove(long sequence) {
    return sequence == head || (sequence < head && rows.containsKey(sequence + 1));
  }

  Collection<ChangeRow> above(long sequence) {
    return rows.tailMap(sequence, false).values();
  }

  void register(String reader, long sequence) {
    readers.put(reader, sequence);
  }

  void unregister(String reader) {
    readers.remove(reader);
  }

  int trim(long committedBeforeMillis, long boundMillis, int max) {
    forgetPassedReaders();
    long needed = readers.values().stream().mapToLong(n -> n).min().orElse(Long.MAX_VALUE);
    int removed = 0;
    while (rows.size() > 1 && removed < max) {
      ChangeRow oldest = rows.firstEntry().getValue();
      long before = oldest.sequence() < needed ? committedBeforeMillis : boundMillis;
      if (oldest.committedAtMillis() >= before) {
        break;
      }
      weight -= weight(rows.pollFirstEntry().getValue());
      removed++;
    }
    forgetPassedReaders();
    return removed;
  }

  private void forgetPassedReaders() {
    long first = rows.isEmpty() ? 0 : rows.firstKey();
    readers.values().removeIf(needs -> needs < first);
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
