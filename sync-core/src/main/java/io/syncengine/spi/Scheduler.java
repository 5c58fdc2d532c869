// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import java.time.Duration;

/**
 * Runs delayed work. The engine's own keeps one daemon thread; a test's runs what is due when the
 * clock is turned. Safe from any thread.
 *
 * @since 0.1
 */
public interface Scheduler {
  /**
   * Runs a task once after a delay. The task is short: it starts or completes something and
   * returns.
   *
   * @param task the task
   * @param delay zero or more
   * @return cancels the task if it has not run yet
   */
  Cancellable schedule(Runnable task, Duration delay);

  /** A task that can be called off. */
  @FunctionalInterface
  interface Cancellable {
    /** Calls it off; does nothing if it ran or runs. */
    void cancel();
  }
}
