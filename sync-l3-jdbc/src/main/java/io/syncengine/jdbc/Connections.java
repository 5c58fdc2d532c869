// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import java.sql.SQLException;

/** Where sessions come from. Safe from any thread; waits are bounded by the request time-out. */
interface Connections extends AutoCloseable {
  /** A session for reads; each statement sees one snapshot. */
  Session read() throws SQLException;

  /** A session for reads of the change log, which do not wait for other readers if it is pooled. */
  default Session follow() throws SQLException {
    return read();
  }

  /** A session for a transaction that writes. */
  Session write() throws SQLException;

  /** Closes what is owned. */
  @Override
  void close();
}
