// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import java.util.concurrent.locks.LockSupport;

/** Between two looks of a test at what others are about to do. */
public final class Pause {
  private static final long NANOS = 50_000;

  private Pause() {}

  /** Leaves the processor to those that the test waits for. */
  public static void shortly() {
    LockSupport.parkNanos(NANOS);
  }
}
