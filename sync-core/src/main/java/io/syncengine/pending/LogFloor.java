// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.pending;

import java.util.TreeMap;

/**
 * Which commit groups of the log still hold something that is nowhere else. Safe from any thread;
 * its monitor is a leaf.
 */
final class LogFloor {
  private final TreeMap<Long, Integer> live = new TreeMap<>();

  synchronized void retain(long group) {
    live.merge(group, 1, Integer::sum);
  }

  synchronized void release(long group) {
    live.computeIfPresent(group, (g, n) -> n == 1 ? null : n - 1);
  }

  /** The lowest group that is needed, or {@code otherwise} if none is. */
  synchronized long lowest(long otherwise) {
    return live.isEmpty() ? otherwise : Math.min(live.firstKey(), otherwise);
  }
}
