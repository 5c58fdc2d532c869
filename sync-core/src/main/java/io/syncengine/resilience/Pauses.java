// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.resilience;

import io.syncengine.model.SyncEngineException;
import io.syncengine.spi.Scheduler;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Lets time pass on a thread that waits. Safe from any thread. */
public final class Pauses {
  private final Scheduler scheduler;

  /** Makes pauses by the engine's clock. */
  public Pauses(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /**
   * Lets time pass on the engine's clock; on the machine's no more than twice as much.
   *
   * @throws SyncEngineException if the thread is interrupted, which keeps its flag
   */
  public void await(Duration pause) {
    CompletableFuture<Void> over = new CompletableFuture<>();
    Scheduler.Cancellable timer = scheduler.schedule(() -> over.complete(null), pause);
    try {
      over.get(2 * pause.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      timer.cancel();
    } catch (ExecutionException e) {
      throw new SyncEngineException("a pause failed", e.getCause());
    } catch (InterruptedException e) {
      timer.cancel();
      Thread.currentThread().interrupt();
      throw new SyncEngineException("interrupted in a pause between tries", e);
    }
  }
}
