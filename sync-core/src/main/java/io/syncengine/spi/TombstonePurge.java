// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

/**
 * The capability of a tier that forgets old tombstones and remembers up to when it did: the purge
 * horizon. A write accepted before the horizon may replace a row but never create one.
 *
 * @since 0.1
 */
public interface TombstonePurge {
  /**
   * Removes tombstones that were accepted before a time, and raises the horizon to that time in the
   * same transaction. At most one instance purges at a time; another's call removes nothing.
   *
   * @param acceptedBeforeMillis milliseconds since the epoch; a time at or below the horizon is
   *     allowed
   * @param limit how many at most in this call, 1 or more
   * @return how many were removed; fewer than {@code limit} when none is left
   */
  int purge(long acceptedBeforeMillis, int limit);

  /**
   * The horizon.
   *
   * @return milliseconds since the epoch, 0 if nothing was purged yet
   */
  long horizonMillis();
}
