// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import java.util.Map;

/**
 * What a tier holds of some ids.
 *
 * @param found values and tombstones by id; an id that the tier does not hold is left out
 * @param head the change sequence that the read has seen at least, or −1 if the tier cannot tell
 * @since 0.1
 */
public record LoadResult(Map<String, Entry> found, long head) {
  /**
   * Copies the map.
   *
   * @param found see {@link #found()}
   * @param head see {@link #head()}
   */
  public LoadResult {
    found = Map.copyOf(found);
  }
}
