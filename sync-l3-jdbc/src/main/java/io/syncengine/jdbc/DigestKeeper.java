// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.model.CorruptDataException;
import io.syncengine.spi.DigestPage;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.FailPoints;
import io.syncengine.spi.TierConfig;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the digests and reads them. Rows of the change log are read and summed outside of any
 * transaction; a short one then adds the sums, if nobody else has meanwhile: the lock of the top
 * page decides. It takes no other lock, so that a fold keeps no flush waiting but for that of the
 * one writer's connection.
 */
final class DigestKeeper {
  /** How often reading begins again when rows were trimmed meanwhile. */
  private static final int TRIES = 5;

  private final DigestTable table;
  private final Meta meta;
  private final String selectBehind;

  DigestKeeper(Dialect dialect, Tables t, String databaseId) {
    this.table = new DigestTable(dialect, t, databaseId);
    this.meta = new Meta(dialect, t);
    this.selectBehind =
        "SELECT h.sequence, (SELECT COUNT(*) FROM "
            + dialect.quote(t.changes())
            + " c WHERE c.sequence > ?) FROM "
            + dialect.quote(t.head())
            + " h WHERE h.place = 1";
  }

  /**
   * What rows add that were not taken in yet.
   *
   * @param from up to where all was taken in
   * @param to up to where these take in all
   * @param head the newest row
   */
  record Unfolded(long from, long to, long head, DigestSums sums) {}

  /** Reads rows, as many as there is time for; at least one, if there is any. */
  Unfolded unfolded(Session session, Duration time) throws SQLException {
    long end = System.nanoTime() + time.toNanos();
    for (int i = 0; i < TRIES; i++) {
      DigestTable.Kept kept = table.kept(session, Set.of(DigestSums.TOP_PAGE));
      DigestSums sums = new DigestSums();
      long to = kept.folded();
      boolean all = true;
      while (all && to < kept.head() && (to == kept.folded() || System.nanoTime() - end < 0)) {
        long next = Math.min(to + DigestTable.PAYLOADS, kept.head());
        all = table.payloads(session, to, next, p -> sums.add(ChangePayload.decode(p)));
        to = next;
      }
      if (all) {
        return new Unfolded(kept.folded(), to, kept.head(), sums);
      }
    }
    throw missing();
  }

  /** Takes in what was read; false if another instance has taken in something meanwhile. */
  boolean fold(Session session, Unfolded unfolded, TierConfig by) throws SQLException {
    FailPoints failPoints = by.failPoints();
    session.begin();
    boolean first = table.lock(session) == unfolded.from();
    if (first) {
      Set<Integer> pages = new TreeSet<>(unfolded.sums().pages());
      pages.add(DigestSums.TOP_PAGE);
      Map<Integer, byte[]> kept = table.kept(session, pages).pages();
      unfolded.sums().addTo(kept);
      table.write(session, kept, unfolded.to());
      failPoints.proceed(FailPoint.TIER_DIGESTS);
    }
    session.commit();
    return first;
  }

  DigestPage digests(Session session, int level, List<Integer> nodes) throws SQLException {
    for (int i = 0; i < TRIES; i++) {
      DigestPage page = level == 0 ? table.root(session) : nodes(session, level, nodes);
      if (page != null) {
        return page;
      }
    }
    throw missing();
  }

  private @Nullable DigestPage nodes(Session session, int level, List<Integer> nodes)
      throws SQLException {
    Set<Integer> pages = new TreeSet<>();
    nodes.forEach(node -> pages.add(DigestSums.pageOf(level, node)));
    DigestTable.Kept kept = table.kept(session, pages);
    DigestSums sums = new DigestSums();
    boolean all =
        table.payloads(session, kept.folded(), kept.head(), p -> sums.add(ChangePayload.decode(p)));
    return all ? table.page(kept, sums.ofLevel(level), level, nodes) : null;
  }

  /** Puts digests in place; see {@link io.syncengine.spi.Digests#replaceDigests}. */
  boolean replace(Session session, long sequence, Map<Integer, byte[]> pages, TierConfig by)
      throws SQLException {
    session.begin();
    table.lock(session);
    String before = meta.get(session, Meta.DIGESTS_COMPUTED);
    boolean right =
        (before == null || Long.parseLong(before) <= sequence) && hasAllAbove(session, sequence);
    if (right) {
      table.write(session, pages, sequence);
      meta.put(session, Meta.DIGESTS_COMPUTED, Long.toString(sequence));
      by.failPoints().proceed(FailPoint.TIER_DIGESTS);
    }
    session.commit();
    return right;
  }

  private boolean hasAllAbove(Session session, long sequence) throws SQLException {
    PreparedStatement s = session.prepare(selectBehind);
    s.setLong(1, sequence);
    try (ResultSet rs = s.executeQuery()) {
      return rs.next() && rs.getLong(1) - sequence == rs.getLong(2);
    }
  }

  /** Up to where all is taken in, with the lock on it. */
  long lock(Session session) throws SQLException {
    return table.lock(session);
  }

  private static CorruptDataException missing() {
    return new CorruptDataException(
        "change rows are missing that the digests have not taken in; compute the digests anew",
        null,
        "one change row after the other",
        "a gap");
  }
}
