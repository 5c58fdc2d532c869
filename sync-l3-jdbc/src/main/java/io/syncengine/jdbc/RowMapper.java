// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.model.CorruptDataException;
import io.syncengine.model.Revision;
import io.syncengine.spi.Entry;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Reads rows. */
final class RowMapper {
  private final Dialect dialect;

  RowMapper(Dialect dialect) {
    this.dialect = dialect;
  }

  /**
   * Reads an entry.
   *
   * @param rs a row with {@link Dialect#ENTRY_COLUMNS}
   * @param first the index of the first of these columns
   * @return the entry, or null if the row has none (of an outer join)
   */
  @Nullable Entry entry(ResultSet rs, int first) throws SQLException {
    String id = dialect.getText(rs, first);
    if (id == null) {
      return null;
    }
    Revision revision =
        revision(id, rs.getLong(first + 1), rs.getInt(first + 2) != 0, rs.getBytes(first + 3));
    Entry.Builder entry = Entry.builder(id);
    if (revision.tombstone()) {
      entry.tombstone(revision);
    } else {
      byte[] content = rs.getBytes(first + 11);
      // The driver gives null for a blob without bytes.
      entry.value(revision, (byte) rs.getInt(first + 5), content == null ? new byte[0] : content);
    }
    return entry
        .acceptedAtMillis(rs.getLong(first + 4))
        .mergeType((byte) rs.getInt(first + 6))
        .sequence(rs.getLong(first + 7))
        .origin(dialect.getText(rs, first + 8))
        .trace(dialect.getText(rs, first + 9), dialect.getText(rs, first + 10))
        .build();
  }

  /** Checks the parts of a revision as stored. */
  static Revision revision(String id, long version, boolean tombstone, byte @Nullable [] hash) {
    if (version >= 1 && tombstone) {
      return Revision.ofTombstone(version);
    }
    if (version >= 1 && hash != null && hash.length == Revision.HASH_BYTES) {
      return Revision.ofValue(version, hash);
    }
    throw new CorruptDataException(
        "a row has no version or no content hash; restore the database from a backup",
        id,
        "version of 1 or more and a hash of 32 bytes",
        "version " + version + " and a hash of " + (hash == null ? 0 : hash.length) + " bytes");
  }
}
