// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.spi.DigestPage;
import io.syncengine.spi.Leaf;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The table of digests and what of the change log is not in it yet. Change rows never change, so
 * that those behind what was taken in may be read after it, in any number of statements.
 */
final class DigestTable {
  /** Rows of the change log a statement, with their payloads and without. */
  static final int PAYLOADS = 32;

  static final int SUMS = 1_000;

  /** No more pages a statement; beyond some dozens nothing is gained. */
  private static final int MAX_PAGES = 64;

  private static final long PAGE_BYTES = 2L * 8 * 1024 + 1024;

  private final Dialect dialect;
  private final String databaseId;
  private final String table;
  private final String lock;
  private final String root;
  private final String kept;
  private final String payloads;
  private final String sums;

  DigestTable(Dialect dialect, Tables t, String databaseId) {
    this.dialect = dialect;
    this.databaseId = databaseId;
    this.table = dialect.quote(t.digests());
    String changes = dialect.quote(t.changes());
    String id = dialect.databaseId(t);
    String top = " WHERE d.page = " + DigestSums.TOP_PAGE;
    this.lock = "SELECT d.sequence, " + id + " FROM " + table + " d" + top + dialect.forUpdate();
    String heads = "SELECT " + id + ", h.sequence, t.sequence, ";
    String joined = " FROM " + dialect.quote(t.head()) + " h CROSS JOIN " + table + " t LEFT JOIN ";
    String end = " WHERE h.place = 1 AND t.page = " + DigestSums.TOP_PAGE;
    this.root =
        heads
            + "SUBSTR(t.sums, 1, 32), c.sequence, c.leaf_sum"
            + joined
            + "(SELECT r.sequence, r.leaf_sum FROM "
            + changes
            + " r WHERE r.sequence > (SELECT d.sequence FROM "
            + table
            + " d"
            + top
            + ") ORDER BY r.sequence LIMIT "
            + SUMS
            + ") c ON 1 = 1"
            + end;
    this.kept = heads + "p.page, p.sums" + joined + table + " p ON p.page IN (%s)" + end;
    String rows = " FROM " + changes + " c WHERE c.sequence > ? ORDER BY c.sequence LIMIT ?";
    this.payloads = "SELECT " + id + ", c.sequence, c.payload" + rows;
    this.sums = "SELECT " + id + ", c.sequence, c.leaf_sum" + rows;
  }

  /**
   * Digests as they are kept.
   *
   * @param head the newest change row then
   * @param folded the change row up to which they have taken in all
   * @param pages pages that were asked for, as far as they are there
   */
  record Kept(long head, long folded, Map<Integer, byte[]> pages) {}

  /** Locks the digests until the transaction ends; gives up to where they have taken in all. */
  long lock(Session session) throws SQLException {
    try (ResultSet rs = session.prepare(lock).executeQuery()) {
      if (!rs.next()) {
        throw new SQLException("the top page of the digests is missing");
      }
      ReplacedException.unlessSame(databaseId, dialect.getText(rs, 2));
      return rs.getLong(1);
    }
  }

  /** Reads pages and heads in one statement, which is one snapshot. */
  Kept kept(Session session, Collection<Integer> pages) throws SQLException {
    String list = pages.stream().map(String::valueOf).collect(Collectors.joining(","));
    Map<Integer, byte[]> found = new TreeMap<>();
    try (ResultSet rs = session.preparePassing(kept.formatted(list)).executeQuery()) {
      requireRow(rs);
      long head = rs.getLong(2);
      long folded = rs.getLong(3);
      do {
        byte[] page = rs.getBytes(5);
        if (page != null) {
          found.put(rs.getInt(4), page);
        }
      } while (rs.next());
      return new Kept(head, folded, found);
    }
  }

  /**
   * The root: what is kept, and the sums of the rows that are not in it.
   *
   * @return null if rows were removed meanwhile
   */
  @Nullable DigestPage root(Session session) throws SQLException {
    long head;
    long folded;
    long last;
    long count = 0;
    byte[] sum;
    try (ResultSet rs = session.prepare(root).executeQuery()) {
      requireRow(rs);
      head = rs.getLong(2);
      folded = rs.getLong(3);
      last = folded;
      sum = rs.getBytes(4);
      do {
        byte[] more = rs.getBytes(6);
        if (more != null) {
          Leaf.add(sum, more);
          last = Math.max(last, rs.getLong(5));
          count++;
        }
      } while (rs.next());
    }
    boolean all =
        last - folded == count
            && rows(session, sums, SUMS, last, head, more -> Leaf.add(sum, more));
    return all ? new DigestPage(databaseId, head, List.of(sum)) : null;
  }

  /** The page of nodes that are kept and to which something is added. */
  DigestPage page(Kept kept, Map<Integer, byte[]> added, int level, List<Integer> nodes) {
    List<byte[]> digests = new ArrayList<>(nodes.size());
    for (int node : nodes) {
      byte[] digest = DigestSums.read(kept.pages(), level, node);
      byte[] more = added.get(node);
      if (more != null) {
        Leaf.add(digest, more);
      }
      digests.add(digest);
    }
    return new DigestPage(databaseId, kept.head(), digests);
  }

  /** What is done with the payload of a row, or with its sum. */
  interface Taking {
    /** Takes one. */
    void take(byte[] bytes) throws SQLException;
  }

  /**
   * Takes the payloads of rows, in order.
   *
   * @param above from the row after this one
   * @param upTo up to this one
   * @return false if one is gone
   */
  boolean payloads(Session session, long above, long upTo, Taking taking) throws SQLException {
    return rows(session, payloads, PAYLOADS, above, upTo, taking);
  }

  private boolean rows(Session session, String sql, int limit, long above, long upTo, Taking taking)
      throws SQLException {
    long next = above + 1;
    while (next <= upTo) {
      PreparedStatement s = session.prepare(sql);
      s.setLong(1, next - 1);
      s.setLong(2, Math.min(limit, upTo - next + 1));
      long before = next;
      try (ResultSet rs = s.executeQuery()) {
        while (rs.next()) {
          ReplacedException.unlessSame(databaseId, dialect.getText(rs, 1));
          if (rs.getLong(2) != next) {
            return false;
          }
          taking.take(rs.getBytes(3));
          next++;
        }
      }
      if (next == before) {
        return false;
      }
    }
    return true;
  }

  /** Writes pages, in as few statements as the server's packet allows. */
  void write(Session session, Map<Integer, byte[]> pages, long folded) throws SQLException {
    long fitting = (session.maxPacketBytes() - Packets.STATEMENT_BYTES) / PAGE_BYTES;
    int most = (int) Math.max(1, Math.min(MAX_PAGES, fitting));
    List<Map.Entry<Integer, byte[]>> all = new ArrayList<>(pages.entrySet());
    for (int from = 0; from < all.size(); from += most) {
      List<Map.Entry<Integer, byte[]>> some = all.subList(from, Math.min(all.size(), from + most));
      PreparedStatement s = session.preparePassing(upsert(some.size()));
      int i = 0;
      for (Map.Entry<Integer, byte[]> page : some) {
        s.setInt(++i, page.getKey());
        s.setLong(++i, folded);
        s.setBytes(++i, page.getValue());
      }
      s.executeUpdate();
    }
  }

  private String upsert(int rows) {
    return "INSERT INTO "
        + table
        + " (page, sequence, sums) VALUES (?,?,?)"
        + ",(?,?,?)".repeat(rows - 1)
        + dialect.onConflict("page", List.of("sequence", "sums"));
  }

  private void requireRow(ResultSet rs) throws SQLException {
    if (!rs.next()) {
      throw new SQLException("the head row or the top page of the digests is missing");
    }
    ReplacedException.unlessSame(databaseId, dialect.getText(rs, 1));
  }
}
