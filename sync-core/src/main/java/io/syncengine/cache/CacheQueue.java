// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cache;

import io.syncengine.spi.CacheWrite;
import io.syncengine.spi.Entry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be put into the cache: batches that this instance has committed, and what it has
 * read from the ground truth. Bounded in bytes; what does not fit is not kept, and nobody waits.
 *
 * <p>Guarded by the monitor.
 */
final class CacheQueue {
  /** What one entry takes beyond its id and content, in bytes; an estimate. */
  private static final long OVERHEAD = 200;

  private final ArrayDeque<Batch> batches = new ArrayDeque<>();
  private final LinkedHashMap<String, CacheWrite> fills = new LinkedHashMap<>();
  private long maxBytes;
  private long bytes;
  private long added;
  private long missed;

  CacheQueue(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * A committed batch.
   *
   * @param number its place among all that came
   * @param sequence of its row
   */
  record Batch(long number, long sequence, List<CacheWrite> writes) {}

  synchronized void maxBytes(long newMax) {
    maxBytes = newMax;
  }

  /** Takes a batch in if there is room. */
  synchronized void committed(long sequence, List<Entry> entries) {
    List<CacheWrite> writes = new ArrayList<>(entries.size());
    long size = 0;
    for (Entry entry : entries) {
      Entry stored = entry.toBuilder().sequence(sequence).base(null).build();
      writes.add(CacheWrite.put(stored, sequence));
      size += bytes(entry);
    }
    if (bytes + size > maxBytes) {
      missed++;
      return;
    }
    bytes += size;
    batches.add(new Batch(++added, sequence, writes));
  }

  /** Takes in what was read, if there is room; the newest knowledge of an id alone. */
  synchronized void read(Entry entry, long head) {
    CacheWrite fill = CacheWrite.put(entry, head);
    CacheWrite before = fills.get(entry.id());
    if (before != null && before.sequence() >= head) {
      return;
    }
    long size = bytes(entry) - (before == null ? 0 : bytes(before));
    if (bytes + size <= maxBytes) {
      bytes += size;
      fills.put(entry.id(), fill);
    }
  }

  /** The batch that came first, which stays; null if there is none. */
  synchronized @Nullable Batch firstBatch() {
    return batches.peekFirst();
  }

  /** A batch is done, unless it went with {@link #clear}. */
  synchronized void done(Batch batch) {
    Batch first = batches.peekFirst();
    if (first != null && first.number == batch.number) {
      batches.removeFirst();
      batch.writes.forEach(write -> bytes -= bytes(write));
    }
  }

  /** Takes out what was read, so many at most. */
  synchronized List<CacheWrite> takeRead(int limit) {
    List<CacheWrite> taken = new ArrayList<>();
    var all = fills.values().iterator();
    while (all.hasNext() && taken.size() < limit) {
      CacheWrite fill = all.next();
      taken.add(fill);
      bytes -= bytes(fill);
      all.remove();
    }
    return taken;
  }

  /** Forgets everything: it is of a history that is no more. */
  synchronized void clear() {
    batches.clear();
    fills.clear();
    bytes = 0;
  }

  synchronized boolean isEmpty() {
    return batches.isEmpty() && fills.isEmpty();
  }

  /** Batches that were not kept because there was no room. */
  synchronized long missed() {
    return missed;
  }

  private static long bytes(CacheWrite write) {
    Entry entry = write.entry();
    return entry == null ? 0 : bytes(entry);
  }

  private static long bytes(Entry entry) {
    return OVERHEAD + entry.id().length() + entry.contentLength();
  }

  /** The writes of several lists, of each id the one of the highest sequence. */
  static List<CacheWrite> newest(List<CacheWrite> writes) {
    Map<String, CacheWrite> newest = new LinkedHashMap<>();
    for (CacheWrite write : writes) {
      newest.merge(write.id(), write, (a, b) -> a.sequence() > b.sequence() ? a : b);
    }
    return new ArrayList<>(newest.values());
  }
}
