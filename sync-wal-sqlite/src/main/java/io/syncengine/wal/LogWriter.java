// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.wal;

import io.syncengine.model.DurabilityException;
import io.syncengine.spi.Entry;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.FailPoints;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/**
 * Everything that changes the log.
 *
 * <p>What makes it safe, in order: a group is one transaction, and SQLite's own log is synced
 * before the commit returns ({@code synchronous=FULL}); the next group begins only then. So after a
 * crash at most the last group is missing, and it was never acknowledged. A truncation deletes rows
 * and keeps the ceiling and the next number in the same transaction: no number is given twice, and
 * the clock's ceiling never falls. While the reserve file is gone nothing is appended, so that the
 * space it gave back is left for truncation.
 *
 * <p>Concurrency: append, truncate and reopen are called by one thread at a time and own {@code
 * nextGroup} and {@code firstGroup}; dead letters come from any thread and meet them at the writer
 * lock of {@link LogConnections}.
 */
final class LogWriter {
  private final LogConnections connections;
  private final ReserveFile reserve;
  private final LogSpace space;
  private final FailPoints failPoints;
  private long nextGroup;
  private long firstGroup;
  private volatile long ceiling;
  private volatile boolean refusing;

  LogWriter(
      LogConnections connections, ReserveFile reserve, LogSpace space, FailPoints failPoints) {
    this.connections = connections;
    this.reserve = reserve;
    this.space = space;
    this.failPoints = failPoints;
  }

  /** Statements of one transaction. */
  @FunctionalInterface
  private interface Changes {
    void make() throws SQLException;
  }

  long ceiling() {
    return ceiling;
  }

  /** Finds out where the log stands; on a full volume with the help of the reserve. */
  void start() throws SQLException {
    reserve.ensure();
    try {
      connections.write(this::load);
    } catch (SQLException e) {
      if (!LogErrors.mayBeFull(e)) {
        throw e;
      }
      reserve.release();
      connections.write(this::load);
    }
  }

  /** Reads the position; also for a log that is only read. */
  Void load(LogConnection c) throws SQLException {
    long last = c.number("SELECT max(group_no) FROM log", 0);
    long newest = c.number("SELECT ceiling FROM log ORDER BY group_no DESC LIMIT 1", 0);
    firstGroup = c.number("SELECT min(group_no) FROM log", Long.MAX_VALUE);
    nextGroup = Math.max(last + 1, LogState.number(c, LogState.NEXT_GROUP));
    ceiling = Math.max(newest, LogState.number(c, LogState.CEILING));
    return space.count(c);
  }

  long append(List<Entry> entries, long clockCeiling) {
    if (refusing) {
      throw LogErrors.refusing();
    }
    long group = nextGroup;
    long newCeiling = Math.max(ceiling, clockCeiling);
    GroupFormat bytes = GroupFormat.encode(group, newCeiling, entries);
    refusing = true;
    if (!reserve.ensure()) {
      throw LogErrors.volumeFull();
    }
    write(c -> insert(c, group, newCeiling, bytes));
    refusing = false;
    nextGroup = group + 1;
    firstGroup = Math.min(firstGroup, group);
    ceiling = newCeiling;
    space.appended(connections, bytes.head().length + (long) bytes.body().length);
    return group;
  }

  private Void insert(LogConnection c, long group, long newCeiling, GroupFormat bytes)
      throws SQLException {
    return transaction(
        c,
        () -> {
          PreparedStatement insert = c.statement("INSERT INTO log VALUES(?, ?, ?, ?)");
          insert.setLong(1, group);
          insert.setLong(2, newCeiling);
          insert.setBytes(3, bytes.head());
          insert.setBytes(4, bytes.body());
          insert.executeUpdate();
          reachCommit();
        });
  }

  private void reachCommit() {
    try {
      failPoints.proceed(FailPoint.LOG_COMMIT);
    } catch (RuntimeException e) {
      throw new DurabilityException("an append to the write-ahead log was broken off", e);
    }
  }

  void truncateBelow(long group) {
    if (group <= firstGroup) {
      return;
    }
    try {
      write(c -> delete(c, group));
    } catch (DurabilityException e) {
      if (reserve.held()) {
        throw e;
      }
      // The reserve has just been given back, or was before: now there may be room.
      write(c -> delete(c, group));
    }
    firstGroup = group < nextGroup ? group : Long.MAX_VALUE;
    failPoints.proceed(FailPoint.TRUNCATED);
    space.truncated(connections, !reserve.held());
    reserve.ensure();
  }

  private Void delete(LogConnection c, long group) throws SQLException {
    return transaction(
        c,
        () -> {
          PreparedStatement delete = c.statement("DELETE FROM log WHERE group_no < ?");
          delete.setLong(1, group);
          delete.executeUpdate();
          LogState.write(c, LogState.CEILING, ceiling);
          LogState.write(c, LogState.NEXT_GROUP, nextGroup);
        });
  }

  void reopen() {
    try {
      connections.renew();
      connections.write(this::load);
    } catch (SQLException e) {
      throw failed(e);
    }
    if (!reserve.ensure()) {
      throw LogErrors.volumeFull();
    }
    refusing = false;
  }

  void putState(String key, String value) {
    write(c -> transaction(c, () -> LogState.put(c, key, value)));
  }

  /** Does work on the writing connection and turns every failure into one exception. */
  <T> T write(LogConnections.Work<T> work) {
    try {
      return connections.write(work);
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /**
   * Does what the log can do without: only where it leaves the log room, and the reserve is not
   * given up for it. A failure leaves no frames behind the end of SQLite's log, if that can be had.
   *
   * @param bytes what it writes
   */
  <T> T writeSpare(long bytes, LogConnections.Work<T> work) {
    if (!reserve.held() || !space.hasRoom(bytes, reserve.neededRoom())) {
      throw LogErrors.noRoomToSpare();
    }
    try {
      T result = connections.write(work);
      connections.boundSqliteLog();
      return result;
    } catch (SQLException e) {
      DurabilityException failed = LogErrors.notWritten(e);
      try {
        connections.giveSpaceBack();
      } catch (SQLException notNow) {
        failed.addSuppressed(notNow);
      }
      throw failed;
    }
  }

  private static Void transaction(LogConnection c, Changes changes) throws SQLException {
    return c.transaction(() -> made(changes));
  }

  private static Void made(Changes changes) throws SQLException {
    changes.make();
    return null;
  }

  private DurabilityException failed(SQLException e) {
    if (LogErrors.mayBeFull(e)) {
      reserve.release();
    }
    return LogErrors.notWritten(e);
  }
}
