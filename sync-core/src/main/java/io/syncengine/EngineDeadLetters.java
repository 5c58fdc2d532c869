// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import io.syncengine.model.DeadLetter;
import io.syncengine.model.DeadLetters;
import io.syncengine.model.Receipt;
import io.syncengine.model.VersionMode;
import io.syncengine.spi.DeadLetterStore;
import io.syncengine.write.WriteRoad;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Lists, sends again and drops dead letters. */
final class EngineDeadLetters implements DeadLetters {
  private final DeadLetterStore store;
  private final WriteRoad writes;
  private final VersionMode mode;
  private final Runnable requireWritable;

  EngineDeadLetters(
      DeadLetterStore store, WriteRoad writes, VersionMode mode, Runnable requireWritable) {
    this.store = store;
    this.writes = writes;
    this.mode = mode;
    this.requireWritable = requireWritable;
  }

  @Override
  public List<DeadLetter> list(int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("limit is " + limit + "; it must be 1 or more");
    }
    return store.list(limit);
  }

  @Override
  public long count() {
    return store.count();
  }

  @Override
  public CompletableFuture<Receipt> resend(long number) {
    requireWritable.run();
    DeadLetter letter =
        store
            .find(number)
            .orElseThrow(() -> new IllegalArgumentException("there is no dead letter " + number));
    long version = mode == VersionMode.CALLER ? letter.revision().version() : 0;
    CompletableFuture<Receipt> written =
        letter
            .item()
            .map(item -> version == 0 ? item.withContent(item.content()) : item)
            .map(item -> writes.submit(item, writes.defaultAck()))
            .orElseGet(() -> writes.delete(letter.id(), version, writes.defaultAck()));
    return written.thenApply(
        receipt -> {
          store.remove(number);
          return receipt;
        });
  }

  @Override
  public boolean drop(long number) {
    requireWritable.run();
    return store.remove(number);
  }
}
