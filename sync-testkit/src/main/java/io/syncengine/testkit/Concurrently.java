// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import io.syncengine.model.TierUnavailableException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Work of a contract test on threads beside the test's. */
final class Concurrently {
  private static final int TRIES = 5;

  private Concurrently() {}

  /** Runs work on a thread of its own. */
  static <T> CompletableFuture<T> run(Supplier<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                result.complete(work.get());
              } catch (RuntimeException | Error e) {
                result.completeExceptionally(e);
              }
            },
            "contract-writer");
    thread.setDaemon(true);
    thread.start();
    return result;
  }

  /** A store under contention may time out; the same call may be made again. */
  static <T> T retried(Supplier<T> call) {
    for (int attempt = 1; ; attempt++) {
      try {
        return call.get();
      } catch (TierUnavailableException e) {
        if (attempt == TRIES) {
          throw e;
        }
      }
    }
  }

  /** Waits, for servers whose clock nobody can turn. */
  static void pause(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
      if (Thread.interrupted()) {
        throw new AssertionError("interrupted in a wait");
      }
    }
  }
}
