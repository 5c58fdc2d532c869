// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.model.TierException;
import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.ChangeLog;
import io.syncengine.spi.ChangePage;
import io.syncengine.spi.Entry;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.LoadResult;
import io.syncengine.spi.Scannable;
import io.syncengine.spi.Tier;
import io.syncengine.spi.TierConfig;
import io.syncengine.spi.TierInfo;
import io.syncengine.spi.TombstonePurge;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The ground truth in a SQL database: rows and one change row a batch, in one transaction. MySQL
 * from 8.0 on, MariaDB from 10.6 on, and SQLite.
 *
 * <p>Safe from any thread; several engines, in any number of processes, may work on one database.
 * An engine that opens a tier that another has open shares its connections; name, fail points and
 * clock are then those of the latest {@link #open}.
 *
 * @since 0.1
 */
// Concurrency: `lifecycle` guards opens and the writing of the two volatile fields; it is held over
// the I/O of the first open and the last close. Everything else reads the fields once a call.
public final class JdbcTier implements Tier, ChangeLog, Scannable, TombstonePurge {
  /** What is open, and for whom: the latest to open it. */
  private record Opened(Database database, TierConfig by) {}

  private final Function<TierConfig, Target> targets;
  private final ReentrantLock lifecycle = new ReentrantLock();
  private int opens;
  private volatile @Nullable Opened opened;
  private volatile String tierName = "L3";

  /** For the provider: the database is where the configured URL says. */
  JdbcTier() {
    this.targets = Targets::of;
  }

  private JdbcTier(DataSource source) {
    this.targets = by -> new BorrowedTarget(source);
  }

  /**
   * A tier over what the application has. Its connections are used for one call each and given back
   * as they were: on MySQL and MariaDB isolation, {@code sql_mode} and time-outs are set around
   * each write. The source is never closed. How long it makes a caller wait for a connection is its
   * own setting.
   *
   * @param source connects to a MySQL, MariaDB or SQLite database; it may be a pool
   * @return a tier, not open yet
   */
  public static JdbcTier over(DataSource source) {
    return new JdbcTier(Objects.requireNonNull(source, "source"));
  }

  @Override
  public TierInfo open(TierConfig by) {
    lifecycle.lock();
    try {
      Opened before = opened;
      if (before != null) {
        requireSame(before, by);
      }
      Database db = before != null ? before.database : targets.apply(by).open(by);
      TierInfo info = describe(db, before == null);
      opens++;
      opened = new Opened(db, by);
      tierName = by.tierName();
      return info;
    } finally {
      lifecycle.unlock();
    }
  }

  private static TierInfo describe(Database db, boolean justOpened) {
    try (Session session = db.connections().read()) {
      long highest = db.changeLog().highestVersion(session);
      return new TierInfo(db.info().databaseId(), db.info().description(), highest);
    } catch (SQLException e) {
      if (justOpened) {
        db.connections().close();
      }
      throw db.failures().onRead("open", e);
    }
  }

  private static void requireSame(Opened known, TierConfig by) {
    boolean same =
        known.by.namespace().equals(by.namespace())
            && known.by.versionMode() == by.versionMode()
            && Objects.equals(known.by.url(), by.url())
            && (known.database.writable() || by.readOnly());
    if (!same) {
      throw new TierException(
          by.tierName(),
          "open",
          false,
          "another engine has this tier open with another URL, namespace or version mode, or"
              + " read-only; give each engine a tier of its own",
          null);
    }
  }

  @Override
  public ApplyResult apply(List<Entry> batch) {
    BatchWriter.requireSorted(batch);
    Opened at = requireWritable("apply");
    Database db = at.database;
    List<Write> writes = BatchWriter.prepare(batch);
    try (Session session = db.connections().write()) {
      return db.contention().run(session, () -> db.writer().apply(session, writes, at.by));
    } catch (SQLException e) {
      throw db.failures().onWrite("apply", e);
    }
  }

  @Override
  public LoadResult load(Collection<String> ids) {
    if (ids.isEmpty()) {
      requireOpen("load");
      return new LoadResult(Map.of(), -1);
    }
    return read("load", (db, session) -> db.reader().load(session, ids));
  }

  @Override
  public OptionalLong serverTimeMillis() {
    return read("clock", (db, session) -> db.reader().serverTimeMillis(session));
  }

  @Override
  public List<Entry> scan(IdRange range, @Nullable String after, int limit) {
    requireLimit(limit);
    return read("scan", (db, session) -> db.reader().scan(session, range, after, limit));
  }

  @Override
  public ChangePage poll(long from, int limit) {
    if (from < 1 || limit < 0) {
      throw new IllegalArgumentException("from is below 1 or limit below 0");
    }
    Database db = requireOpen("poll").database;
    try (Session session = db.connections().follow()) {
      return db.changeLog().poll(session, from, limit);
    } catch (SQLException e) {
      throw db.failures().onRead("poll", e);
    }
  }

  @Override
  public int purge(long acceptedBeforeMillis, int limit) {
    requireLimit(limit);
    Opened at = requireWritable("purge");
    Database db = at.database;
    try (Session session = db.connections().write()) {
      return db.contention()
          .run(session, () -> db.purger().purge(session, acceptedBeforeMillis, limit, at.by));
    } catch (SQLException e) {
      throw db.failures().onWrite("purge", e);
    }
  }

  @Override
  public long horizonMillis() {
    return read("horizon", (db, session) -> db.purger().horizon(session));
  }

  @Override
  public void close() {
    lifecycle.lock();
    try {
      Opened last = opened;
      if (last != null && --opens == 0) {
        opened = null;
        last.database.connections().close();
      }
    } finally {
      lifecycle.unlock();
    }
  }

  /** What a read does with a session. */
  private interface Reading<T> {
    T in(Database db, Session session) throws SQLException;
  }

  private <T> T read(String operation, Reading<T> reading) {
    Database db = requireOpen(operation).database;
    try (Session session = db.connections().read()) {
      return reading.in(db, session);
    } catch (SQLException e) {
      throw db.failures().onRead(operation, e);
    }
  }

  private Opened requireOpen(String operation) {
    Opened at = opened;
    if (at == null) {
      throw Failures.closed(tierName, operation);
    }
    return at;
  }

  private Opened requireWritable(String operation) {
    Opened at = requireOpen(operation);
    if (!at.database.writable()) {
      throw new TierException(
          tierName, operation, false, "the tier is open for reading only", null);
    }
    return at;
  }

  private static void requireLimit(int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("limit is " + limit + "; 1 or more is needed");
    }
  }
}
