// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import java.util.Map;

/**
 * Up to where a cache reflects the ground truth. It reflects a change row if, for each id of the
 * row, it holds nothing below the row's revision and never will.
 *
 * @param base every change row up to this sequence is reflected
 * @param baseTag the tag of that row; 0 if base is 0
 * @param positions for some origins the sequence up to which their own rows are reflected; above
 *     base
 * @since 0.1
 */
public record CacheState(long base, long baseTag, Map<String, Long> positions) {
  /**
   * Copies the map.
   *
   * @param base see {@link #base()}
   * @param baseTag see {@link #baseTag()}
   * @param positions see {@link #positions()}
   */
  public CacheState {
    positions = Map.copyOf(positions);
  }

  /**
   * Up to where an origin's own rows are reflected.
   *
   * @param origin an instance
   * @return the sequence
   */
  public long position(String origin) {
    return Math.max(base, positions.getOrDefault(origin, 0L));
  }
}
