// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;

/**
 * One statement for all rows, or as few as the server's packet and the protocol allow: each is a
 * round trip.
 */
final class MultiRowWriter implements RowWriter {
  /** A statement takes 65,535 parameters; beyond some hundred rows nothing is gained. */
  static final int MAX_ROWS = 2_000;

  private static final String ROW = "(" + "?,".repeat(RowBinder.PARAMETERS - 1) + "?)";

  private final String start;
  private final RowBinder binder;
  // The latest statement: batches are mostly of one size. Threads may replace each other's.
  private volatile Text latest = new Text(0, "");

  private record Text(int rows, String sql) {}

  MultiRowWriter(Dialect dialect, Tables t) {
    this.start = "INSERT INTO " + dialect.quote(t.items()) + " " + RowBinder.COLUMNS + " VALUES ";
    this.binder = new RowBinder(dialect, Types.VARBINARY);
  }

  @Override
  public boolean fits(Session session, Write write) {
    return Packets.STATEMENT_BYTES + Packets.row(write.entry) <= session.maxPacketBytes();
  }

  @Override
  public void write(Session session, List<Write> applied, long sequence) throws SQLException {
    int from = 0;
    while (from < applied.size()) {
      int to = end(session, applied, from);
      writeRows(session, applied.subList(from, to), sequence);
      from = to;
    }
  }

  /** The end, exclusive, of the rows from an index on that one statement takes: at least one. */
  private static int end(Session session, List<Write> applied, int from) {
    long left = session.maxPacketBytes() - Packets.STATEMENT_BYTES;
    int to = from;
    while (to < applied.size() && to - from < MAX_ROWS) {
      long row = Packets.row(applied.get(to).entry);
      if (to > from && row > left) {
        break;
      }
      left -= row;
      to++;
    }
    return to;
  }

  private void writeRows(Session session, List<Write> rows, long sequence) throws SQLException {
    PreparedStatement s = session.preparePassing(kept(rows.size()));
    int before = 0;
    for (Write write : rows) {
      binder.bind(s, before, write, sequence);
      before += RowBinder.PARAMETERS;
    }
    s.executeUpdate();
  }

  private String kept(int rows) {
    Text known = latest;
    if (known.rows() != rows) {
      known = new Text(rows, statement(rows));
      latest = known;
    }
    return known.sql();
  }

  /** VALUES(column), since the newer row alias is MySQL's alone. */
  String statement(int rows) {
    StringBuilder sql = new StringBuilder(start.length() + rows * (ROW.length() + 1) + 512);
    sql.append(start).append(ROW);
    for (int i = 1; i < rows; i++) {
      sql.append(',').append(ROW);
    }
    return sql.append(
            " ON DUPLICATE KEY UPDATE version = VALUES(version), tombstone = VALUES(tombstone),"
                + " content_hash = VALUES(content_hash), leaf = VALUES(leaf),"
                + " updated_at = VALUES(updated_at), codec = VALUES(codec),"
                + " merge_type = VALUES(merge_type), sequence = VALUES(sequence),"
                + " origin = VALUES(origin), trace_parent = VALUES(trace_parent),"
                + " trace_state = VALUES(trace_state), content = VALUES(content)")
        .toString();
  }
}
