// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

/**
 * Where the engine reads time. Safe from any thread.
 *
 * @since 0.1
 */
public interface TimeSource {
  /** The machine's clocks. */
  TimeSource SYSTEM =
      new TimeSource() {
        @Override
        public long currentTimeMillis() {
          return System.currentTimeMillis();
        }

        @Override
        public long nanoTime() {
          return System.nanoTime();
        }
      };

  /**
   * Wall-clock time; may be set back at any moment.
   *
   * @return milliseconds since the epoch
   */
  long currentTimeMillis();

  /**
   * Monotonic time with no fixed origin.
   *
   * @return nanoseconds
   */
  long nanoTime();
}
