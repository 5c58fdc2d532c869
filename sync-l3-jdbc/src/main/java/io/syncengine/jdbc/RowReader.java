// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.model.ItemId;
import io.syncengine.spi.Entry;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.LoadResult;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads items, each call in one statement as long as one takes the ids. That statement reads the
 * database's id too: what another database holds, or lacks, is no answer.
 */
final class RowReader {
  private final Dialect dialect;
  private final String databaseId;
  private final RowMapper mapper;
  private final String selectId;
  private final String selectOne;
  private final String selectMany;
  private final String scanStart;

  RowReader(Dialect dialect, Tables t, String databaseId) {
    this.dialect = dialect;
    this.databaseId = databaseId;
    this.mapper = new RowMapper(dialect);
    this.selectOne = dialect.selectOne(t);
    this.selectMany = dialect.selectMany(t);
    this.selectId = "SELECT " + dialect.databaseId(t);
    this.scanStart =
        selectId
            + ", "
            + Dialect.ENTRY_COLUMNS
            + " FROM "
            + dialect.quote(t.items())
            + " i WHERE i.tombstone = 0";
  }

  LoadResult load(Session session, Collection<String> ids) throws SQLException {
    return ids.size() == 1 ? loadOne(session, ids.iterator().next()) : loadMany(session, ids);
  }

  private LoadResult loadOne(Session session, String id) throws SQLException {
    PreparedStatement s = session.prepare(selectOne);
    dialect.setText(s, 1, id);
    try (ResultSet rs = s.executeQuery()) {
      if (!rs.next()) {
        throw new SQLException("the head row or the database id is missing");
      }
      requireSame(rs, 2);
      Entry entry = mapper.entry(rs, 3);
      return new LoadResult(entry == null ? Map.of() : Map.of(id, entry), rs.getLong(1));
    }
  }

  OptionalLong serverTimeMillis(Session session) throws SQLException {
    if (dialect.serverTime() == null) {
      return OptionalLong.empty();
    }
    try (ResultSet rs = session.prepare(dialect.serverTime()).executeQuery()) {
      return rs.next() ? OptionalLong.of(rs.getLong(1)) : OptionalLong.empty();
    }
  }

  /** More ids than one list takes are several statements; each has seen the lowest head. */
  private LoadResult loadMany(Session session, Collection<String> wanted) throws SQLException {
    List<String> ids = List.copyOf(wanted);
    Map<String, Entry> found = new HashMap<>();
    long head = -1;
    int from = 0;
    while (from < ids.size()) {
      int to = endOfList(dialect, ids, from);
      long seen = loadList(session, ids.subList(from, to), found);
      head = head < 0 ? seen : Math.min(head, seen);
      from = to;
    }
    return new LoadResult(found, head);
  }

  private long loadList(Session session, List<String> ids, Map<String, Entry> found)
      throws SQLException {
    PreparedStatement s = session.prepare(selectMany);
    s.setString(1, dialect.idList(ids));
    long head = -1;
    try (ResultSet rs = s.executeQuery()) {
      while (rs.next()) {
        if (head < 0) {
          requireSame(rs, 2);
        }
        head = rs.getLong(1);
        Entry entry = mapper.entry(rs, 3);
        if (entry != null) {
          found.put(entry.id(), entry);
        }
      }
    }
    if (head < 0) {
      throw new SQLException("the head row is missing");
    }
    return head;
  }

  /** The end, exclusive, of the ids from an index on that one list takes: at least one. */
  static int endOfList(Dialect dialect, List<String> ids, int from) {
    long left = dialect.maxIdListBytes();
    int to = from;
    do {
      // At most three bytes a char, each as two hexadecimal digits, and what stands between ids.
      left -= 6L * ids.get(to).length() + 8;
      to++;
    } while (to < ids.size() && left > 6L * ItemId.MAX_BYTES);
    return to;
  }

  List<Entry> scan(Session session, IdRange range, @Nullable String after, int limit)
      throws SQLException {
    Bounds bounds = Bounds.of(range, after);
    PreparedStatement s =
        session.prepare(scanStart + bounds.condition("i.id") + " ORDER BY i.id LIMIT ?");
    s.setInt(bounds.bind(dialect, s, 1), limit);
    List<Entry> page = new ArrayList<>();
    try (ResultSet rs = s.executeQuery()) {
      while (rs.next()) {
        if (page.isEmpty()) {
          requireSame(rs, 1);
        }
        page.add(mapper.entry(rs, 2));
      }
    }
    if (page.isEmpty()) {
      requireSame(session);
    }
    return page;
  }

  private void requireSame(Session session) throws SQLException {
    try (ResultSet rs = session.prepare(selectId).executeQuery()) {
      if (!rs.next()) {
        throw new SQLException("the database id is missing");
      }
      requireSame(rs, 1);
    }
  }

  private void requireSame(ResultSet rs, int column) throws SQLException {
    ReplacedException.unlessSame(databaseId, dialect.getText(rs, column));
  }
}
