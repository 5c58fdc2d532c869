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

/** Reads items, each call in one statement. */
final class RowReader {
  private final String selectOne;
  private final String selectMany;
  private final String scanStart;

  RowReader(Dialect dialect, Tables t) {
    this.selectOne = dialect.selectOne(t);
    this.selectMany = dialect.selectMany(t);
    this.scanStart =
        "SELECT "
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
    s.setString(1, id);
    try (ResultSet rs = s.executeQuery()) {
      if (!rs.next()) {
        throw new SQLException("the head row is missing");
      }
      Entry entry = RowMapper.entry(rs, 2);
      return new LoadResult(entry == null ? Map.of() : Map.of(id, entry), rs.getLong(1));
    }
  }

  private LoadResult loadMany(Session session, Collection<String> ids) throws SQLException {
    PreparedStatement s = session.prepare(selectMany);
    s.setString(1, json(ids));
    long head = -1;
    Map<String, Entry> found = new HashMap<>();
    try (ResultSet rs = s.executeQuery()) {
      while (rs.next()) {
        head = rs.getLong(1);
        Entry entry = RowMapper.entry(rs, 2);
        if (entry != null) {
          found.put(entry.id(), entry);
        }
      }
    }
    if (head < 0) {
      throw new SQLException("the head row is missing");
    }
    return new LoadResult(found, head);
  }

  private static String json(Collection<String> ids) {
    JsonIds json = new JsonIds();
    ids.forEach(json::add);
    return json.toString();
  }

  List<Entry> scan(Session session, IdRange range, String after, int limit) throws SQLException {
    String lower = after;
    boolean exclusive = true;
    if (range.from() != null
        && (after == null || ItemId.BYTE_ORDER.compare(range.from(), after) > 0)) {
      lower = range.from();
      exclusive = false;
    }
    String sql =
        scanStart
            + (lower == null ? "" : exclusive ? " AND i.id > ?" : " AND i.id >= ?")
            + (range.to() == null ? "" : " AND i.id < ?")
            + " ORDER BY i.id LIMIT ?";
    PreparedStatement s = session.prepare(sql);
    int next = 1;
    if (lower != null) {
      s.setString(next++, lower);
    }
    if (range.to() != null) {
      s.setString(next++, range.to());
    }
    s.setInt(next, limit);
    List<Entry> page = new ArrayList<>();
    try (ResultSet rs = s.executeQuery()) {
      while (rs.next()) {
        page.add(RowMapper.entry(rs, 1));
      }
    }
    return page;
  }
}
