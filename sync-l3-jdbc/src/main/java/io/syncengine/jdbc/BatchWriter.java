// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.model.CorruptDataException;
import io.syncengine.model.Revision;
import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.Change;
import io.syncengine.spi.ChangeRow;
import io.syncengine.spi.Entry;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.FailPoints;
import io.syncengine.spi.ItemOutcome;
import io.syncengine.spi.TierConfig;
import java.security.SecureRandom;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The transaction that writes a batch, in this order: lock the head, read what is there, decide,
 * write rows, write the change row, move the head, commit. Since the head is locked from the first
 * statement on, nobody writes between the reading and the writing: outcomes are exact and sequences
 * dense. A crash before the commit leaves nothing, after it everything.
 */
final class BatchWriter {
  private static final SecureRandom TAGS = new SecureRandom();

  private final Dialect dialect;
  private final String selectBefore;
  private final RowWriter rows;
  private final ChangeLogTable changeLog;
  private final RowReader reader;

  BatchWriter(Dialect dialect, Tables tables, ChangeLogTable changeLog, RowReader reader) {
    this.dialect = dialect;
    this.selectBefore = dialect.selectBefore(tables);
    this.rows = dialect.rowWriter(tables);
    this.changeLog = changeLog;
    this.reader = reader;
  }

  /** What {@link #write} needs of a batch before a connection is taken. */
  static List<Write> prepare(List<Entry> batch) {
    return batch.stream().map(Write::new).toList();
  }

  /**
   * Runs the transaction.
   *
   * @param restoring whether rows are put right: written over all but a higher revision, and told
   *     of as if nothing had been there
   */
  ApplyResult write(Session session, List<Write> writes, boolean restoring, TierConfig by)
      throws SQLException {
    FailPoints failPoints = by.failPoints();
    // Another attempt of the same batch may have been here.
    writes.forEach(Write::forget);
    session.begin();
    ChangeLogTable.Head head = changeLog.lock(session);
    failPoints.proceed(FailPoint.TIER_HEAD);
    readBefore(session, writes);
    decide(session, writes, restoring, head.horizon(), failPoints);
    List<Write> applied = writes.stream().filter(Write::applied).toList();
    ChangeRow row = applied.isEmpty() ? null : row(applied, restoring, head.sequence() + 1, by);
    if (row != null) {
      rows.write(session, applied, row.sequence());
    }
    failPoints.proceed(FailPoint.TIER_ROWS);
    if (row != null) {
      changeLog.append(session, row, restoring, head);
    }
    failPoints.proceed(FailPoint.TIER_COMMIT);
    session.commit();
    failPoints.proceed(FailPoint.TIER_COMMITTED);
    return new ApplyResult(writes.stream().map(w -> w.outcome).toList(), row, head.tag());
  }

  private void readBefore(Session session, List<Write> writes) throws SQLException {
    List<String> ids = writes.stream().map(w -> w.entry.id()).toList();
    int from = 0;
    while (from < ids.size()) {
      int to = RowReader.endOfList(dialect, ids, from);
      PreparedStatement s = session.prepare(selectBefore);
      s.setString(1, dialect.idList(ids.subList(from, to)));
      try (ResultSet rs = s.executeQuery()) {
        while (rs.next()) {
          readRow(writes.get(from + rs.getInt(1)), rs);
        }
      }
      from = to;
    }
  }

  /** A row that cannot be read is one item's trouble: only a restore may replace it. */
  private static void readRow(Write write, ResultSet rs) throws SQLException {
    try {
      Revision there =
          RowMapper.revision(write.entry.id(), rs.getLong(2), rs.getInt(3) != 0, rs.getBytes(4));
      write.found(there, rs.getBytes(5));
    } catch (CorruptDataException e) {
      write.foundDamaged(rs.getBytes(5));
    }
  }

  private void decide(
      Session session, List<Write> writes, boolean restoring, long horizon, FailPoints failPoints)
      throws SQLException {
    if (!failPoints.proceed(FailPoint.TIER_FENCE)) {
      writes.forEach(Write::overwrite);
      return;
    }
    List<String> conflicting = new ArrayList<>(0);
    for (Write write : writes) {
      boolean fits = rows.fits(session, write);
      if (restoring) {
        write.decideRestore(horizon, fits);
      } else {
        write.decide(horizon, fits);
      }
      if (write.outcome == null) {
        conflicting.add(write.entry.id());
      }
    }
    if (!conflicting.isEmpty()) {
      Map<String, Entry> current = reader.load(session, conflicting).found();
      for (Write write : writes) {
        if (write.outcome == null) {
          write.outcome = ItemOutcome.conflict(current.get(write.entry.id()));
        }
      }
    }
  }

  private static ChangeRow row(
      List<Write> applied, boolean restoring, long sequence, TierConfig by) {
    // One tier may serve several engines, so that the entries tell best who writes.
    String origin = applied.get(0).entry.origin();
    List<Change> changes = applied.stream().map(w -> w.change(restoring)).toList();
    return new ChangeRow(
        sequence,
        tag(),
        origin == null ? by.instanceId() : origin,
        by.timeSource().currentTimeMillis(),
        changes);
  }

  /** Never 0, which stands for "no row". */
  private static long tag() {
    return TAGS.nextLong() | 1;
  }
}
