// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

/**
 * A hook at every {@link FailPoint}, for crash tests and for tests that show that a promise is
 * really held. Costs nothing when it is {@link #OFF}.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface FailPoints {
  /** Goes on at every point. */
  FailPoints OFF = point -> true;

  /**
   * A step is reached. May end the process, throw, or block.
   *
   * @param point which step
   * @return false to leave the step out
   */
  boolean proceed(FailPoint point);
}
