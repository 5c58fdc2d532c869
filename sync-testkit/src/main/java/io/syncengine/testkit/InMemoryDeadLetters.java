// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import io.syncengine.model.DeadLetter;
import io.syncengine.spi.DeadLetterStore;
import io.syncengine.spi.Entry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The dead letters of an {@link InMemoryLog}. All methods under this object's monitor. */
final class InMemoryDeadLetters implements DeadLetterStore {
  private final List<DeadLetter> letters = new ArrayList<>();
  private long numbers;

  @Override
  public synchronized DeadLetter add(Entry entry, String reason, String detail, long atMillis) {
    Optional<DeadLetter> known =
        newest(d -> d.id().equals(entry.id()) && d.revision().equals(entry.revision()));
    if (known.isPresent()) {
      return known.get();
    }
    DeadLetter added =
        new DeadLetter(
            ++numbers,
            entry.id(),
            entry.revision(),
            entry.tombstone() ? Optional.empty() : Optional.of(entry.toItem()),
            reason,
            detail,
            Instant.ofEpochMilli(atMillis));
    letters.add(added);
    return added;
  }

  @Override
  public synchronized List<DeadLetter> list(int limit) {
    return letters.stream().limit(limit).toList();
  }

  @Override
  public synchronized Optional<DeadLetter> find(long number) {
    return newest(d -> d.number() == number);
  }

  @Override
  public synchronized Optional<DeadLetter> newest(String id) {
    return newest(d -> d.id().equals(id));
  }

  @Override
  public synchronized boolean remove(long number) {
    return letters.removeIf(d -> d.number() == number);
  }

  @Override
  public synchronized long count() {
    return letters.size();
  }

  /** 0, as if they were on disk. */
  @Override
  public long memoryBytes() {
    return 0;
  }

  private Optional<DeadLetter> newest(Predicate<DeadLetter> wanted) {
    return letters.stream().filter(wanted).reduce((older, newer) -> newer);
  }
}
