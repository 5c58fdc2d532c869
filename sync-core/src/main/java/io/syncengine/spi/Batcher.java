// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

/**
 * Decides when waiting writes are flushed. A pure function of what waits: no state, safe from any
 * thread.
 *
 * @since 0.1
 */
public interface Batcher {
  /**
   * How long the flusher should still wait.
   *
   * @param count writes waiting, 1 or more
   * @param bytes their bytes
   * @param oldestNanos how long the oldest of them has waited, nanoseconds
   * @return nanoseconds until a flush is due; 0 or less for now
   */
  long nanosUntilFlush(int count, long bytes, long oldestNanos);

  /**
   * How many writes one batch may hold.
   *
   * @return 1 or more
   */
  int maxCount();

  /**
   * How many bytes one batch may hold; a single larger write makes a batch of its own.
   *
   * @return bytes, 1 or more
   */
  long maxBytes();
}
