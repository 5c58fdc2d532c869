// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;

/** One statement a row: with the library in the process a statement costs no round trip. */
final class SqliteRowWriter implements RowWriter {
  private final String upsert;
  private final RowBinder binder;
  private final long maxContentBytes;

  SqliteRowWriter(SqliteDialect dialect, Tables t, long maxContentBytes) {
    this.upsert = dialect.upsert(t);
    this.binder = new RowBinder(dialect, Types.BLOB);
    this.maxContentBytes = maxContentBytes;
  }

  @Override
  public boolean fits(Session session, Write write) {
    return write.entry.contentLength() <= maxContentBytes;
  }

  @Override
  public void write(Session session, List<Write> applied, long sequence) throws SQLException {
    PreparedStatement s = session.prepare(upsert);
    try {
      for (Write write : applied) {
        binder.bind(s, 0, write, sequence);
        s.addBatch();
      }
      s.executeBatch();
    } finally {
      s.clearBatch();
    }
  }
}
