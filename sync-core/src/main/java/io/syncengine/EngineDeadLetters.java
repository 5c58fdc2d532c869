// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import io.syncengine.model.Ack;
import io.syncengine.model.DeadLetter;
import io.syncengine.model.DeadLetters;
import io.syncengine.model.Receipt;
import io.syncengine.model.VersionMode;
import io.syncengine.spi.DeadLetterStore;
import io.syncengine.write.WriteRoad;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Lists, sends again and drops dead letters. */
final class EngineDeadLetters implements DeadLetters {
  private final DeadLetterStore store;
  private final WriteRoad writes;
  private final VersionMode mode;
  private final Runnable requireWritable;
  private final Consumer<Runnable> callbacks;

  EngineDeadLetters(
      DeadLetterStore store,
      WriteRoad writes,
      VersionMode mode,
      Runnable requireWritable,
      Consumer<Runnable> callbacks) {
    this.store = store;
    this.writes = writes;
    this.mode = mode;
    this.requireWritable = requireWritable;
    this.callbacks = callbacks;
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
    // Under the same version a second refusal finds this very letter, which must not go before.
    boolean sameVersion = mode == VersionMode.CALLER;
    long version = sameVersion ? letter.revision().version() : 0;
    Ack ack = sameVersion ? Ack.PERSISTED : writes.defaultAck();
    CompletableFuture<Receipt> written =
        letter
            .item()
            .map(item -> version == 0 ? item.withContent(item.content()) : item)
            .map(item -> writes.submit(item, ack))
            .orElseGet(() -> writes.delete(letter.id(), version, ack));
    CompletableFuture<Receipt> user = new CompletableFuture<>();
    CompletableFuture<Receipt> unused =
        written.whenComplete(
            (receipt, failure) -> callbacks.accept(() -> finish(number, receipt, failure, user)));
    return user;
  }

  private void finish(
      long number,
      @Nullable Receipt receipt,
      @Nullable Throwable failure,
      CompletableFuture<Receipt> user) {
    if (failure != null) {
      user.completeExceptionally(failure);
      return;
    }
    try {
      store.remove(number);
      user.complete(receipt);
    } catch (RuntimeException e) {
      user.completeExceptionally(e);
    }
  }

  @Override
  public boolean drop(long number) {
    requireWritable.run();
    return store.remove(number);
  }
}
