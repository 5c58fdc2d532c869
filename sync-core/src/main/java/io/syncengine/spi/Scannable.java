// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The capability of a tier that reads live entries in id-byte order. Safe from any thread; returns
 * within the request time-out.
 *
 * @since 0.1
 */
public interface Scannable {
  /**
   * Reads a page.
   *
   * @param range the range of ids
   * @param after only ids above this one, exclusive; null for the start of the range
   * @param limit how many at most, 1 or more
   * @return live entries by rising id bytes; fewer than {@code limit} only at the end
   */
  List<Entry> scan(IdRange range, @Nullable String after, int limit);
}
