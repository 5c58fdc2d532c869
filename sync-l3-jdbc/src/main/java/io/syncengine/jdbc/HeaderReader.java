// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.model.CorruptDataException;
import io.syncengine.model.ItemId;
import io.syncengine.model.Revision;
import io.syncengine.spi.Header;
import io.syncengine.spi.HeaderPage;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.Leaf;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads rows without their contents, damaged ones too, with the head in the same statement. */
final class HeaderReader {
  /** An outer join gives the head also where there is no row. */
  private static final String END = ") p ON 1 = 1 WHERE h.place = 1";

  private static final byte[] NO_LEAF = new byte[Leaf.BYTES];

  private final Dialect dialect;
  private final String databaseId;
  private final String start;
  private final String items;

  HeaderReader(Dialect dialect, Tables t, String databaseId) {
    this.dialect = dialect;
    this.databaseId = databaseId;
    this.start =
        "SELECT "
            + dialect.databaseId(t)
            + ", h.sequence, p.* FROM "
            + dialect.quote(t.head())
            + " h LEFT JOIN (";
    this.items =
        "SELECT i.id, i.version, i.tombstone, i.content_hash, i.updated_at, i.leaf FROM "
            + dialect.quote(t.items())
            + " i WHERE ";
  }

  HeaderPage headers(Session session, IdRange range, @Nullable String after, int limit)
      throws SQLException {
    Bounds bounds = Bounds.of(range, after);
    PreparedStatement s = session.prepare(sql(bounds));
    s.setInt(bounds.bind(dialect, s, 1), limit);
    try (ResultSet rs = s.executeQuery()) {
      return page(rs);
    }
  }

  /** All rows of buckets. */
  HeaderPage buckets(Session session, List<Integer> buckets) throws SQLException {
    try (ResultSet rs = session.preparePassing(sql(buckets)).executeQuery()) {
      return page(rs);
    }
  }

  /** The query of buckets. */
  String sql(List<Integer> buckets) {
    String list = buckets.stream().map(String::valueOf).collect(Collectors.joining(","));
    return dialect.inBuckets(list).stream()
        .map(condition -> items + condition)
        .collect(Collectors.joining(" UNION ALL ", start, END));
  }

  /** The query of a page; parameters: the bounds' and the limit. */
  String sql(Bounds bounds) {
    return start + items + "1 = 1" + bounds.condition("i.id") + " ORDER BY i.id LIMIT ?" + END;
  }

  private HeaderPage page(ResultSet rs) throws SQLException {
    if (!rs.next()) {
      throw new SQLException("the head row is missing");
    }
    ReplacedException.unlessSame(databaseId, dialect.getText(rs, 1));
    long head = rs.getLong(2);
    List<Header> page = new ArrayList<>();
    do {
      String id = dialect.getText(rs, 3);
      if (id != null) {
        page.add(header(id, rs));
      }
    } while (rs.next());
    // A join promises no order, though none is known to change that of the rows within.
    page.sort(Comparator.comparing(Header::id, ItemId.BYTE_ORDER));
    return new HeaderPage(databaseId, head, page);
  }

  private static Header header(String id, ResultSet rs) throws SQLException {
    byte[] leaf = rs.getBytes(8);
    boolean sound = leaf == null || leaf.length == Leaf.BYTES;
    Revision revision = sound ? revision(id, rs) : null;
    return new Header(id, revision, rs.getLong(7), leaf == null || !sound ? NO_LEAF : leaf);
  }

  /** The revision; null if what is stored is none. */
  private static @Nullable Revision revision(String id, ResultSet rs) throws SQLException {
    try {
      return RowMapper.revision(id, rs.getLong(4), rs.getInt(5) != 0, rs.getBytes(6));
    } catch (CorruptDataException e) {
      return null;
    }
  }
}
