// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.spi.Entry;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import org.jspecify.annotations.Nullable;

/** Sets the parameters of a row of the items table. */
final class RowBinder {
  /** In the order of the parameters. */
  static final String COLUMNS =
      "(id, version, tombstone, content_hash, leaf, bucket, updated_at, codec, merge_type,"
          + " sequence, origin, trace_parent, trace_state, content)";

  /** How many parameters a row has. */
  static final int PARAMETERS = 14;

  private final Dialect dialect;
  private final int nullBytes;

  RowBinder(Dialect dialect, int nullBytes) {
    this.dialect = dialect;
    this.nullBytes = nullBytes;
  }

  /**
   * Sets a row's parameters.
   *
   * @param before how many parameters stand before those of the row
   */
  void bind(PreparedStatement s, int before, Write write, long sequence) throws SQLException {
    Entry entry = write.entry;
    boolean tombstone = entry.tombstone();
    dialect.setText(s, before + 1, entry.id());
    s.setLong(before + 2, entry.version());
    s.setInt(before + 3, tombstone ? 1 : 0);
    bytesOrNull(s, before + 4, tombstone ? null : write.revision.contentHash());
    bytesOrNull(s, before + 5, tombstone ? null : write.leaf);
    s.setInt(before + 6, write.bucket);
    s.setLong(before + 7, entry.acceptedAtMillis());
    s.setInt(before + 8, entry.codec() & 0xFF);
    s.setInt(before + 9, entry.mergeType() & 0xFF);
    s.setLong(before + 10, sequence);
    dialect.setText(s, before + 11, entry.origin());
    dialect.setText(s, before + 12, entry.traceParent());
    dialect.setText(s, before + 13, entry.traceState());
    bytesOrNull(s, before + 14, tombstone ? null : entry.content());
  }

  private void bytesOrNull(PreparedStatement s, int i, byte @Nullable [] value)
      throws SQLException {
    if (value == null) {
      s.setNull(i, nullBytes);
    } else {
      s.setBytes(i, value);
    }
  }

  /** Sets a text as such. */
  static void setString(PreparedStatement s, int i, @Nullable String value) throws SQLException {
    if (value == null) {
      s.setNull(i, Types.VARCHAR);
    } else {
      s.setString(i, value);
    }
  }
}
