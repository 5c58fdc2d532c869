// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what servers and other processes do, whose clock no test turns. */
public final class Await {
  private static final Duration PAUSE = Duration.ofMillis(2);

  private Await() {}

  /**
   * Looks again and again until something holds.
   *
   * @param bound how long at most
   * @param what is said when it did not come in time
   */
  public static void until(Duration bound, Supplier<String> what, BooleanSupplier condition) {
    long end = System.nanoTime() + bound.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - end).as(what).isNegative();
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }
}
