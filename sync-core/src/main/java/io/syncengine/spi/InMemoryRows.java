// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import io.syncengine.model.ItemId;
import io.syncengine.model.Revision;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The rows of an {@link InMemoryTier}: values and tombstones by id, and which ids are live, in byte
 * order.
 *
 * <p>Concurrency: {@link #get}, {@link #bytes} and {@link #count} from any thread without a lock;
 * everything else under the tier's view lock.
 */
final class InMemoryRows {
  /** What one row takes beside id and content: entry, item, revision, hashes, map and set nodes. */
  static final int ROW_OVERHEAD = 400;

  private final Map<String, Entry> byId = new ConcurrentHashMap<>();
  private final NavigableSet<String> live = new TreeSet<>(ItemId.BYTE_ORDER);
  private final NavigableSet<String> tombstones = new TreeSet<>(ItemId.BYTE_ORDER);
  private final AtomicLong bytes = new AtomicLong();
  private volatile int count;

  @Nullable Entry get(String id) {
    return byId.get(id);
  }

  long bytes() {
    return bytes.get();
  }

  int count() {
    return count;
  }

  void put(List<Entry> written) {
    long grown = 0;
    for (Entry entry : written) {
      Entry before = byId.put(entry.id(), entry);
      grown += size(entry) - (before == null ? 0 : size(before));
      (entry.tombstone() ? live : tombstones).remove(entry.id());
      (entry.tombstone() ? tombstones : live).add(entry.id());
    }
    account(grown);
  }

  void remove(List<Entry> purged) {
    long shrunk = 0;
    for (Entry entry : purged) {
      byId.remove(entry.id());
      tombstones.remove(entry.id());
      shrunk += size(entry);
    }
    account(-shrunk);
  }

  List<Entry> tombstonesBefore(long acceptedBeforeMillis, int limit) {
    List<Entry> found = new ArrayList<>();
    for (String id : tombstones) {
      if (found.size() == limit) {
        break;
      }
      Entry entry = byId.get(id);
      if (entry != null && entry.acceptedAtMillis() < acceptedBeforeMillis) {
        found.add(entry);
      }
    }
    return found;
  }

  List<Entry> scan(IdRange range, @Nullable String after, int limit) {
    return page(live, range, after, limit);
  }

  List<Header> headers(IdRange range, @Nullable String after, int limit) {
    List<Entry> both = page(live, range, after, limit);
    both.addAll(page(tombstones, range, after, limit));
    both.sort(Comparator.comparing(Entry::id, ItemId.BYTE_ORDER));
    return both.stream().limit(limit).map(InMemoryRows::header).toList();
  }

  List<Header> headersIn(Set<Integer> buckets) {
    return byId.values().stream()
        .filter(entry -> buckets.contains(IdHash.bucket(IdHash.of(entry.id()))))
        .sorted(Comparator.comparing(Entry::id, ItemId.BYTE_ORDER))
        .map(InMemoryRows::header)
        .toList();
  }

  private List<Entry> page(
      NavigableSet<String> ids, IdRange range, @Nullable String after, int limit) {
    NavigableSet<String> rest = range.from() == null ? ids : ids.tailSet(range.from(), true);
    if (after != null
        && (range.from() == null || ids.comparator().compare(after, range.from()) >= 0)) {
      rest = ids.tailSet(after, false);
    }
    List<Entry> page = new ArrayList<>();
    for (String id : rest) {
      if (page.size() == limit || !range.contains(id)) {
        break;
      }
      page.add(byId.get(id));
    }
    return page;
  }

  private static Header header(Entry entry) {
    Revision revision = entry.revision();
    return new Header(
        entry.id(), revision, entry.acceptedAtMillis(), Leaf.of(entry.id(), revision));
  }

  /** Single writer: the view lock is held. */
  private void account(long grown) {
    bytes.addAndGet(grown);
    count = live.size();
  }

  private static long size(Entry entry) {
    return (long) entry.id().getBytes(StandardCharsets.UTF_8).length
        + entry.contentLength()
        + ROW_OVERHEAD;
  }
}
