// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import io.syncengine.model.DeadLetter;
import io.syncengine.model.SyncEngineException;
import io.syncengine.spi.DeadLetterStore;
import io.syncengine.spi.Entry;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Dead letters of an engine without a log: in memory, bounded. When they are full, no more is put
 * aside and the refused writes stay pending, which is pressure. Guarded by the monitor.
 */
final class MemoryDeadLetters implements DeadLetterStore {
  private static final int MAX_COUNT = 10_000;
  private static final int OVERHEAD_BYTES = 400;

  private final TreeMap<Long, DeadLetter> letters = new TreeMap<>();
  private long lastNumber;
  private long bytes;

  @Override
  public synchronized DeadLetter add(Entry entry, String reason, String detail, long atMillis) {
    for (DeadLetter known : letters.values()) {
      if (known.id().equals(entry.id()) && known.revision().equals(entry.revision())) {
        return known;
      }
    }
    if (letters.size() >= MAX_COUNT) {
      throw new SyncEngineException("too many dead letters in memory; resend or drop them", null);
    }
    DeadLetter letter =
        new DeadLetter(
            ++lastNumber,
            entry.id(),
            entry.revision(),
            entry.tombstone() ? Optional.empty() : Optional.of(entry.toItem()),
            reason,
            detail,
            Instant.ofEpochMilli(atMillis));
    letters.put(letter.number(), letter);
    bytes += size(letter);
    return letter;
  }

  private static long size(DeadLetter letter) {
    return OVERHEAD_BYTES + letter.item().map(i -> (long) i.contentLength()).orElse(0L);
  }

  @Override
  public synchronized List<DeadLetter> list(int limit) {
    return letters.values().stream().limit(limit).toList();
  }

  @Override
  public synchronized Optional<DeadLetter> find(long number) {
    return Optional.ofNullable(letters.get(number));
  }

  @Override
  public synchronized Optional<DeadLetter> newest(String id) {
    return letters.descendingMap().values().stream().filter(l -> l.id().equals(id)).findFirst();
  }

  @Override
  public synchronized boolean remove(long number) {
    DeadLetter gone = letters.remove(number);
    if (gone != null) {
      bytes -= size(gone);
    }
    return gone != null;
  }

  @Override
  public synchronized long count() {
    return letters.size();
  }

  @Override
  public synchronized long memoryBytes() {
    return bytes;
  }
}
