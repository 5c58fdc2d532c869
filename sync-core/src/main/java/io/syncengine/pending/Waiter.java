// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.pending;

import io.syncengine.model.Ack;
import io.syncengine.model.Outcome;
import io.syncengine.model.Receipt;
import io.syncengine.model.Revision;
import java.util.concurrent.CompletableFuture;

/**
 * A caller that waits for the ground truth.
 *
 * @param receipt the level at which its write stands now
 * @param versionGiven whether the caller gave the version, so that others may have written the same
 * @param future completed on the engine's threads; never handed to a user as it is
 */
public record Waiter(Receipt receipt, boolean versionGiven, CompletableFuture<Receipt> future) {
  /** Whether the write is at or below a revision; hashes on ties. */
  boolean isCoveredBy(Revision revision) {
    return receipt.version() != revision.version()
        ? receipt.version() < revision.version()
        : receipt.revision().compareTo(revision) <= 0;
  }

  /** What to run, under no lock, once the write is in the ground truth. */
  Runnable persisted(Outcome outcome) {
    return () -> future.complete(receipt.with(Ack.PERSISTED, outcome));
  }

  /** What to run, under no lock, when the write was refused for good. */
  Runnable failed(RuntimeException failure) {
    return () -> future.completeExceptionally(failure);
  }
}
