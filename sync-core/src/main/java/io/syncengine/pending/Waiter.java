// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.pending;

import io.syncengine.model.Ack;
import io.syncengine.model.Outcome;
import io.syncengine.model.Receipt;
import io.syncengine.model.Revision;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A caller that waits for the ground truth.
 *
 * @param receipt the level at which its write stands now
 * @param future completed once, on the callback executor
 */
public record Waiter(Receipt receipt, CompletableFuture<Receipt> future) {
  /** Whether the write is at or below a revision; hashes on ties. */
  boolean isCoveredBy(Revision revision) {
    return receipt.version() != revision.version()
        ? receipt.version() < revision.version()
        : receipt.revision().compareTo(revision) <= 0;
  }

  /** What to run on the callback executor once the write is in the ground truth. */
  Runnable persisted(Outcome outcome) {
    return () -> future.complete(receipt.with(Ack.PERSISTED, outcome));
  }

  /** What to run on the callback executor when the write was refused for good. */
  Runnable failed(RuntimeException failure) {
    return () -> future.completeExceptionally(failure);
  }

  /** Hands all completions to the callback executor as one task. */
  static void run(Iterable<Runnable> completions, Consumer<Runnable> executor) {
    if (completions.iterator().hasNext()) {
      executor.accept(() -> completions.forEach(Runnable::run));
    }
  }
}
