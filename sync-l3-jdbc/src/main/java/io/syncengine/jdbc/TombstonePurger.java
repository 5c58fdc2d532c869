// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.spi.FailPoint;
import io.syncengine.spi.FailPoints;
import io.syncengine.spi.TierConfig;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Removes old tombstones, a bounded number a transaction. The horizon is raised in the first of
 * them, under the head lock: a writer sees either the tombstone or the horizon, never neither.
 *
 * <p>Who has begun holds a lease in the meta table until nothing is left; an instance that died
 * loses it after {@value #LEASE_MILLIS} ms.
 */
final class TombstonePurger {
  static final long LEASE_MILLIS = 60_000;

  private final Meta meta;
  private final ChangeLogTable changeLog;
  private final String purge;

  TombstonePurger(Dialect dialect, Tables tables, ChangeLogTable changeLog) {
    this.meta = new Meta(dialect, tables);
    this.changeLog = changeLog;
    this.purge = dialect.purge(tables);
  }

  int purge(Session session, long acceptedBefore, int limit, TierConfig by) throws SQLException {
    FailPoints failPoints = by.failPoints();
    long now = by.timeSource().currentTimeMillis();
    session.begin();
    ChangeLogTable.Head head = changeLog.lock(session);
    failPoints.proceed(FailPoint.TIER_HEAD);
    if (heldByAnother(meta.get(session, Meta.PURGE_LEASE), by.instanceId(), now)) {
      session.commit();
      return 0;
    }
    PreparedStatement s = session.prepare(purge);
    s.setLong(1, acceptedBefore);
    s.setInt(2, limit);
    int removed = s.executeUpdate();
    failPoints.proceed(FailPoint.TIER_ROWS);
    if (acceptedBefore > head.horizon()) {
      meta.put(session, Meta.PURGE_HORIZON, Long.toString(acceptedBefore));
    }
    boolean done = removed < limit;
    meta.put(session, Meta.PURGE_LEASE, done ? "" : now + LEASE_MILLIS + " " + by.instanceId());
    failPoints.proceed(FailPoint.TIER_COMMIT);
    session.commit();
    failPoints.proceed(FailPoint.TIER_COMMITTED);
    return removed;
  }

  long horizon(Session session) throws SQLException {
    String value = meta.get(session, Meta.PURGE_HORIZON);
    return value == null ? 0 : Long.parseLong(value);
  }

  /** A lease that ends later than one begun now is of a clock that was set back: not held. */
  private static boolean heldByAnother(@Nullable String lease, String instance, long now) {
    if (lease == null) {
      return false;
    }
    int space = lease.indexOf(' ');
    if (space < 0 || lease.substring(space + 1).equals(instance)) {
      return false;
    }
    long until = Long.parseLong(lease.substring(0, space));
    return now < until && until <= now + LEASE_MILLIS;
  }
}
