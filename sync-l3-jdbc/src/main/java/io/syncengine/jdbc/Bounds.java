// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.model.ItemId;
import io.syncengine.spi.IdRange;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Which ids a page takes, as a condition of a query.
 *
 * @param lower the lower bound; null for none
 * @param exclusive whether the lower bound itself is left out
 * @param upper the upper bound, exclusive; null for none
 */
record Bounds(@Nullable String lower, boolean exclusive, @Nullable String upper) {
  /** The ids of a range that are above one. */
  static Bounds of(IdRange range, @Nullable String after) {
    boolean fromStart =
        after == null
            || (range.from() != null && ItemId.BYTE_ORDER.compare(range.from(), after) > 0);
    return new Bounds(fromStart ? range.from() : after, !fromStart, range.to());
  }

  /** The condition on a column, with the {@code AND} in front; empty if there is none. */
  String condition(String column) {
    return (lower == null ? "" : " AND " + column + (exclusive ? " > ?" : " >= ?"))
        + (upper == null ? "" : " AND " + column + " < ?");
  }

  /**
   * Sets the condition's parameters.
   *
   * @param first the index of the first of them
   * @return the index after the last of them
   */
  int bind(Dialect dialect, PreparedStatement s, int first) throws SQLException {
    int next = first;
    if (lower != null) {
      dialect.setText(s, next++, lower);
    }
    if (upper != null) {
      dialect.setText(s, next++, upper);
    }
    return next;
  }
}
