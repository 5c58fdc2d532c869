// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.write;

import io.syncengine.model.Ack;
import io.syncengine.model.Receipt;
import io.syncengine.pending.Doubt;
import io.syncengine.spi.Entry;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A write on its way into the log. Either the log takes it, or it is refused, by a failed append or
 * by the end of its caller's wait: whoever moves {@code state} from OPEN decides.
 */
final class Append implements Queued {
  private static final int OPEN = 0;
  private static final int TAKEN = 1;
  private static final int REFUSED = 2;

  private final Entry entry;
  private final Ack ack;
  private final Doubt doubt;
  private final Receipt receipt;
  private final CompletableFuture<Receipt> future;
  private final AtomicInteger state = new AtomicInteger(OPEN);

  Append(Entry entry, Ack ack, Doubt doubt, Receipt receipt, CompletableFuture<Receipt> future) {
    this.entry = entry;
    this.ack = ack;
    this.doubt = doubt;
    this.receipt = receipt;
    this.future = future;
  }

  /** Whether readers see it already. */
  boolean shown() {
    return ack == Ack.MEMORY;
  }

  Entry entry() {
    return entry;
  }

  Ack ack() {
    return ack;
  }

  Doubt doubt() {
    return doubt;
  }

  Receipt receipt() {
    return receipt;
  }

  CompletableFuture<Receipt> future() {
    return future;
  }

  /** The log has it; false if it was refused before. */
  boolean take() {
    return state.compareAndSet(OPEN, TAKEN);
  }

  /** It will not be shown; false if the log has it or it was refused before. */
  boolean refuse() {
    return state.compareAndSet(OPEN, REFUSED);
  }

  boolean taken() {
    return state.get() == TAKEN;
  }

  @Override
  public long bytes() {
    return 2L * entry.id().length() + entry.contentLength() + 128;
  }
}
