// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import java.sql.SQLException;
import java.util.List;

/** Writes rows of the items table, whether their ids have rows or not. */
interface RowWriter {
  /** Whether a row can be written on this connection, by its size. */
  boolean fits(Session session, Write write);

  /**
   * Writes rows, within the session's transaction.
   *
   * @param applied at least one, sorted by id
   * @param sequence of the change row that is written with them
   */
  void write(Session session, List<Write> applied, long sequence) throws SQLException;
}
