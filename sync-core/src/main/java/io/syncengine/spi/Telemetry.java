// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import org.jspecify.annotations.Nullable;

/**
 * Is told of each call to a tier or to the log. Safe from any thread; returns at once and never
 * throws.
 *
 * @since 0.1
 */
public interface Telemetry {
  /** Does nothing. */
  Telemetry NOOP = (tier, operation, nanos, failure) -> {};

  /**
   * A call ended.
   *
   * @param tier {@code L2}, {@code L3} or {@code log}
   * @param operation as {@code apply}, {@code load}, {@code append}
   * @param nanos how long it took
   * @param failure what it threw, or null
   */
  void called(String tier, String operation, long nanos, @Nullable Throwable failure);
}
