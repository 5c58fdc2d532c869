// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import io.syncengine.model.DeadLetter;
import io.syncengine.spi.DeadLetterStore;
import io.syncengine.spi.Entry;
import io.syncengine.spi.WriteAheadLog;
import java.util.List;
import java.util.Optional;

/**
 * Dead letters in the log's file, asked for only when they are needed, since a log has them only
 * once it is open. In memory if the log does not keep any.
 */
final class LoggedDeadLetters implements DeadLetterStore {
  private final WriteAheadLog log;
  private final MemoryDeadLetters otherwise = new MemoryDeadLetters();

  LoggedDeadLetters(WriteAheadLog log) {
    this.log = log;
  }

  private DeadLetterStore store() {
    return log.capability(DeadLetterStore.class).orElse(otherwise);
  }

  @Override
  public DeadLetter add(Entry entry, String reason, String detail, long atMillis) {
    return store().add(entry, reason, detail, atMillis);
  }

  @Override
  public List<DeadLetter> list(int limit) {
    return store().list(limit);
  }

  @Override
  public Optional<DeadLetter> find(long number) {
    return store().find(number);
  }

  @Override
  public Optional<DeadLetter> newest(String id) {
    return store().newest(id);
  }

  @Override
  public boolean remove(long number) {
    return store().remove(number);
  }

  @Override
  public long count() {
    return store().count();
  }

  @Override
  public long memoryBytes() {
    return otherwise.memoryBytes();
  }
}
