// SPDX-License-Identifier: AGPL-3.0-only
package org.example.directorytier;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** The bound of one call, in real time: a disk does not keep to the engine's clock. */
final class Deadline {
  private static final long PAUSE_NANOS = 1_000_000;

  private final long endNanos;

  Deadline(Duration timeout) {
    this.endNanos = System.nanoTime() + timeout.toNanos();
  }

  /** Ends the call if its time is over. */
  void check() throws IOException {
    if (System.nanoTime() - endNanos > 0) {
      throw new InterruptedIOException("timed out");
    }
  }

  /** Waits a moment for somebody else. */
  void pause() throws IOException {
    check();
    LockSupport.parkNanos(PAUSE_NANOS);
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("interrupted in a wait");
    }
  }
}
