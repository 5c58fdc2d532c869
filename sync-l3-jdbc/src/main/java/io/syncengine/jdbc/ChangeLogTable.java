// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.spi.Change;
import io.syncengine.spi.ChangePage;
import io.syncengine.spi.ChangeRow;
import io.syncengine.spi.Leaf;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The change log and its head. */
final class ChangeLogTable {
  /**
   * The head as a writer that holds its lock sees it.
   *
   * @param sequence of the newest change row
   * @param tag of that row; 0 if there is none
   * @param highestVersion that was ever committed; 0 if there is none
   * @param horizon up to when tombstones were purged
   */
  record Head(long sequence, long tag, long highestVersion, long horizon) {}

  private final Dialect dialect;
  private final String databaseId;
  private final String lock;
  private final String insert;
  private final String move;
  private final String selectHead;
  private final String selectHighest;
  private final String selectRows;

  /** For the tables of a database; what it is written to is checked to be that one. */
  ChangeLogTable(Dialect dialect, Tables t, String databaseId) {
    this.dialect = dialect;
    this.databaseId = databaseId;
    String head = dialect.quote(t.head());
    String changes = dialect.quote(t.changes());
    this.lock = dialect.lockHead(t);
    this.insert =
        "INSERT INTO "
            + changes
            + " (sequence, tag, origin, at, "
            + dialect.quote("count")
            + ", leaf_sum, payload) VALUES (?,?,?,?,?,?,?)";
    this.move =
        "UPDATE " + head + " SET sequence = ?, tag = ?, highest_version = ? WHERE place = 1";
    this.selectHighest = "SELECT highest_version, " + dialect.databaseId(t) + " FROM " + head;
    String start =
        "SELECT "
            + dialect.databaseId(t)
            + ", h.sequence, h.tag, "
            + dialect.metaValue(t, Meta.GENERATION);
    String from = " FROM " + head + " h";
    this.selectHead = start + from;
    // The servers sort all that follows, payloads included, if the limit stands outside.
    this.selectRows =
        start
            + ", c.sequence, c.tag, c.origin, c.at, c.payload"
            + from
            + " LEFT JOIN (SELECT r.sequence FROM "
            + changes
            + " r WHERE r.sequence >= ? ORDER BY r.sequence LIMIT ?) p ON 1 = 1 LEFT JOIN "
            + changes
            + " c ON c.sequence = p.sequence";
  }

  /** The query of a page, one row at least; parameters: from where, and the limit. */
  String sql() {
    return selectRows;
  }

  /** Locks the head until the transaction ends, and reads it. */
  Head lock(Session session) throws SQLException {
    try (ResultSet rs = session.prepare(lock).executeQuery()) {
      if (!rs.next()) {
        throw new SQLException("the head row or the purge horizon is missing");
      }
      ReplacedException.unlessSame(databaseId, dialect.getText(rs, 5));
      return new Head(
          rs.getLong(1), rs.getLong(2), rs.getLong(3), Long.parseLong(dialect.getText(rs, 4)));
    }
  }

  /**
   * Writes the row that follows the head and moves the head to it.
   *
   * @param restored whether it tells of rows as absent that were there
   */
  void append(Session session, ChangeRow row, boolean restored, Head before) throws SQLException {
    byte[] sum = new byte[Leaf.BYTES];
    long highest = before.highestVersion();
    for (Change change : row.changes()) {
      highest = Math.max(highest, change.revision().version());
      Leaf.add(sum, change.leafDelta());
    }
    byte[] payload = ChangePayload.encode(row.changes(), restored);
    if (Packets.STATEMENT_BYTES + Packets.bytes(payload) > session.maxPacketBytes()) {
      // The engine splits a batch that is refused.
      throw new SQLDataException("the change row is over max_allowed_packet", "22001");
    }
    PreparedStatement s = session.prepare(insert);
    s.setLong(1, row.sequence());
    s.setLong(2, row.tag());
    dialect.setText(s, 3, row.origin());
    s.setLong(4, row.committedAtMillis());
    s.setInt(5, row.changes().size());
    s.setBytes(6, sum);
    s.setBytes(7, payload);
    s.executeUpdate();
    PreparedStatement m = session.prepare(move);
    m.setLong(1, row.sequence());
    m.setLong(2, row.tag());
    m.setLong(3, highest);
    m.executeUpdate();
  }

  /** The highest version that was ever committed; 0 if there is none. */
  long highestVersion(Session session) throws SQLException {
    try (ResultSet rs = session.prepare(selectHighest).executeQuery()) {
      if (!rs.next()) {
        throw new SQLException("the head row is missing");
      }
      ReplacedException.unlessSame(databaseId, dialect.getText(rs, 2));
      return rs.getLong(1);
    }
  }

  /** Reads rows, head and generation in one statement, which is one snapshot. */
  ChangePage poll(Session session, long from, int limit) throws SQLException {
    PreparedStatement s = session.prepare(limit == 0 ? selectHead : selectRows);
    if (limit > 0) {
      s.setLong(1, from);
      s.setInt(2, limit);
    }
    try (ResultSet rs = s.executeQuery()) {
      String found = rs.next() ? dialect.getText(rs, 1) : null;
      if (found == null) {
        throw new SQLException("the head row or the database id is missing");
      }
      long head = rs.getLong(2);
      long headTag = rs.getLong(3);
      long generation = Meta.generation(dialect.getText(rs, 4));
      List<ChangeRow> rows = new ArrayList<>();
      if (limit > 0) {
        do {
          byte[] payload = rs.getBytes(9);
          // Null in the one row that tells the head when there is nothing from there on.
          if (payload != null) {
            rows.add(
                new ChangeRow(
                    rs.getLong(5),
                    rs.getLong(6),
                    dialect.requireText(rs, 7),
                    rs.getLong(8),
                    ChangePayload.decode(payload)));
          }
        } while (rs.next());
      }
      // A join promises no order, though none is known to change that of the rows within.
      rows.sort(Comparator.comparingLong(ChangeRow::sequence));
      return new ChangePage(found, head, headTag, rows, generation);
    }
  }
}
