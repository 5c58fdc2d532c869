// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * Removes old change rows, a bounded number a transaction, and keeps who needs which. The lock on
 * the digests is held meanwhile: what they have not taken in stays.
 */
final class ChangeTrimmer {
  private final Dialect dialect;
  private final DigestKeeper digests;
  private final String register;
  private final String unregister;
  private final String needed;
  private final String oldest;
  private final String trim;
  private final String forget;

  ChangeTrimmer(Dialect dialect, Tables t, DigestKeeper digests) {
    this.dialect = dialect;
    this.digests = digests;
    String readers = dialect.quote(t.readers());
    String changes = dialect.quote(t.changes());
    this.register =
        "INSERT INTO "
            + readers
            + " (name, sequence) VALUES (?,?)"
            + dialect.onConflict("name", List.of("sequence"));
    this.unregister = "DELETE FROM " + readers + " WHERE name = ?";
    // Who needs a row that is gone keeps none of the others.
    this.needed =
        "SELECT MIN(r.sequence) FROM "
            + readers
            + " r WHERE r.sequence >= (SELECT MIN(c.sequence) FROM "
            + changes
            + " c)";
    this.oldest =
        "SELECT c.sequence, c.at, (SELECT h.sequence FROM "
            + dialect.quote(t.head())
            + " h WHERE h.place = 1) FROM "
            + changes
            + " c ORDER BY c.sequence LIMIT ?";
    this.trim = "DELETE FROM " + changes + " WHERE sequence <= ?";
    this.forget = "DELETE FROM " + readers + " WHERE sequence <= ?";
  }

  int register(Session session, String reader, long sequence) throws SQLException {
    session.begin();
    digests.lock(session);
    PreparedStatement s = session.prepare(register);
    dialect.setText(s, 1, reader);
    s.setLong(2, sequence);
    int written = s.executeUpdate();
    session.commit();
    return written;
  }

  int unregister(Session session, String reader) throws SQLException {
    session.begin();
    digests.lock(session);
    PreparedStatement s = session.prepare(unregister);
    dialect.setText(s, 1, reader);
    int written = s.executeUpdate();
    session.commit();
    return written;
  }

  int trim(Session session, long committedBefore, long bound, int limit) throws SQLException {
    session.begin();
    long folded = digests.lock(session);
    long needed = needed(session);
    long last = 0;
    int removed = 0;
    PreparedStatement s = session.prepare(oldest);
    s.setInt(1, limit);
    try (ResultSet rs = s.executeQuery()) {
      while (rs.next()) {
        long sequence = rs.getLong(1);
        long before = sequence < needed ? committedBefore : bound;
        if (sequence > folded || sequence >= rs.getLong(3) || rs.getLong(2) >= before) {
          break;
        }
        last = sequence;
        removed++;
      }
    }
    if (removed > 0) {
      upTo(session, trim, last);
      upTo(session, forget, last);
    }
    session.commit();
    return removed;
  }

  private long needed(Session session) throws SQLException {
    try (ResultSet rs = session.prepare(needed).executeQuery()) {
      long lowest = rs.next() ? rs.getLong(1) : 0;
      return lowest == 0 ? Long.MAX_VALUE : lowest;
    }
  }

  private static void upTo(Session session, String sql, long last) throws SQLException {
    PreparedStatement s = session.prepare(sql);
    s.setLong(1, last);
    s.executeUpdate();
  }
}
