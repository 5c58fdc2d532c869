// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import io.syncengine.model.ItemId;
import org.jspecify.annotations.Nullable;

/**
 * A range of ids in byte order.
 *
 * @param from the first id, inclusive; null for no lower bound
 * @param to the end, exclusive; null for no upper bound
 * @since 0.1
 */
public record IdRange(@Nullable String from, @Nullable String to) {
  /** Every id. */
  public static final IdRange ALL = new IdRange(null, null);

  /**
   * Whether the range holds an id.
   *
   * @param id the id
   * @return true if it does
   */
  public boolean contains(String id) {
    return (from == null || ItemId.BYTE_ORDER.compare(from, id) <= 0)
        && (to == null || ItemId.BYTE_ORDER.compare(id, to) < 0);
  }
}
