// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.spi.CacheGenerations;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.FailPoints;
import io.syncengine.spi.TierConfig;
import java.security.SecureRandom;
import java.sql.SQLException;

/**
 * Begins another generation of the caches, if nobody else has: compared and set under the head
 * lock.
 */
final class GenerationRaiser {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Meta meta;
  private final ChangeLogTable changeLog;

  GenerationRaiser(Dialect dialect, Tables tables, ChangeLogTable changeLog) {
    this.meta = new Meta(dialect, tables);
    this.changeLog = changeLog;
  }

  long raise(Session session, long seen, TierConfig by) throws SQLException {
    FailPoints failPoints = by.failPoints();
    session.begin();
    changeLog.lock(session);
    failPoints.proceed(FailPoint.TIER_HEAD);
    long present = Meta.generation(meta.get(session, Meta.GENERATION));
    if (present == seen) {
      present = CacheGenerations.next(seen, RANDOM.nextLong());
      meta.put(session, Meta.GENERATION, Long.toString(present));
    }
    failPoints.proceed(FailPoint.TIER_COMMIT);
    session.commit();
    failPoints.proceed(FailPoint.TIER_COMMITTED);
    return present;
  }
}
