// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.CacheGenerations;
import io.syncengine.spi.ChangeLog;
import io.syncengine.spi.ChangePage;
import io.syncengine.spi.ChangeRetention;
import io.syncengine.spi.DigestPage;
import io.syncengine.spi.Digests;
import io.syncengine.spi.Entry;
import io.syncengine.spi.HeaderPage;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.LoadResult;
import io.syncengine.spi.Restore;
import io.syncengine.spi.Scannable;
import io.syncengine.spi.SharedOpening;
import io.syncengine.spi.Tier;
import io.syncengine.spi.TierArguments;
import io.syncengine.spi.TierConfig;
import io.syncengine.spi.TierInfo;
import io.syncengine.spi.TombstonePurge;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
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
public final class JdbcTier
    implements Tier,
        ChangeLog,
        ChangeRetention,
        Scannable,
        Digests,
        Restore,
        TombstonePurge,
        CacheGenerations {
  private final Function<TierConfig, Target> targets;
  private final SharedOpening<Database> opening =
      new SharedOpening<>("L3", db -> db.connections().close());

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
    return opening.open(by, config -> targets.apply(config).open(config), JdbcTier::describe);
  }

  private static TierInfo describe(Database db) {
    try (Session session = db.connections().read()) {
      long highest = db.changeLog().highestVersion(session);
      return new TierInfo(db.info().databaseId(), db.info().description(), highest);
    } catch (SQLException e) {
      throw db.failures().onRead("open", e);
    }
  }

  @Override
  public ApplyResult apply(List<Entry> batch) {
    return write("apply", batch, false);
  }

  /**
   * {@inheritDoc}
   *
   * <p>The leaf that a row stores is taken for the one in the kept digests, of a damaged row too. A
   * row that was removed by hand has none, so that its leaf then counts twice, as does one whose
   * leaf was changed by hand: {@link #replaceDigests} puts that right.
   */
  @Override
  public ApplyResult restore(List<Entry> batch) {
    return write("restore", batch, true);
  }

  private ApplyResult write(String operation, List<Entry> batch, boolean restoring) {
    TierArguments.requireBatch(batch);
    List<Write> writes = BatchWriter.prepare(batch);
    return write(operation, (db, session, by) -> db.writer().write(session, writes, restoring, by));
  }

  @Override
  public LoadResult load(Collection<String> ids) {
    if (ids.isEmpty()) {
      opening.require("load");
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
    TierArguments.requireLimit(limit);
    return read("scan", (db, session) -> db.reader().scan(session, range, after, limit));
  }

  @Override
  public HeaderPage headers(IdRange range, @Nullable String after, int limit) {
    TierArguments.requireLimit(limit);
    return read("headers", (db, session) -> db.headers().headers(session, range, after, limit));
  }

  @Override
  public HeaderPage buckets(List<Integer> buckets) {
    TierArguments.requireBuckets(buckets);
    return read("buckets", (db, session) -> db.headers().buckets(session, buckets));
  }

  @Override
  public DigestPage digests(int level, List<Integer> nodes) {
    TierArguments.requireNodes(level, nodes);
    if (level > 0 && opening.require("digests").writable()) {
      fold();
    }
    return read("digests", (db, session) -> db.digests().digests(session, level, nodes));
  }

  @Override
  public long fold() {
    Duration half = opening.requireWritable("fold").by().requestTimeout().dividedBy(2);
    DigestKeeper.Unfolded unfolded =
        read("fold", (db, session) -> db.digests().unfolded(session, half));
    if (unfolded.to() == unfolded.from()) {
      return 0;
    }
    boolean folded = write("fold", (db, session, by) -> db.digests().fold(session, unfolded, by));
    return unfolded.head() - (folded ? unfolded.to() : unfolded.from());
  }

  @Override
  public boolean replaceDigests(long sequence, byte[] buckets) {
    TierArguments.requireDigests(sequence, buckets);
    Map<Integer, byte[]> pages = DigestSums.pagesOf(buckets);
    return write(
        "replaceDigests", (db, session, by) -> db.digests().replace(session, sequence, pages, by));
  }

  @Override
  public void register(String reader, long sequence) {
    TierArguments.requireReader(reader, sequence);
    write("register", (db, session, by) -> db.trimmer().register(session, reader, sequence));
  }

  @Override
  public void unregister(String reader) {
    write("unregister", (db, session, by) -> db.trimmer().unregister(session, reader));
  }

  @Override
  public int trim(long committedBeforeMillis, long boundMillis, int limit) {
    TierArguments.requireTrim(committedBeforeMillis, boundMillis, limit);
    return write(
        "trim",
        (db, session, by) -> db.trimmer().trim(session, committedBeforeMillis, boundMillis, limit));
  }

  @Override
  public ChangePage poll(long from, int limit) {
    TierArguments.requirePage(from, limit);
    Database db = opening.require("poll").store();
    try (Session session = db.connections().follow()) {
      return db.changeLog().poll(session, from, limit);
    } catch (SQLException e) {
      throw db.failures().onRead("poll", e);
    }
  }

  @Override
  public int purge(long acceptedBeforeMillis, int limit) {
    TierArguments.requireLimit(limit);
    return write(
        "purge", (db, session, by) -> db.purger().purge(session, acceptedBeforeMillis, limit, by));
  }

  @Override
  public long horizonMillis() {
    return read("horizon", (db, session) -> db.purger().horizon(session));
  }

  @Override
  public long raiseGeneration(long seen) {
    return write("generation", (db, session, by) -> db.generations().raise(session, seen, by));
  }

  @Override
  public void close() {
    opening.close();
  }

  /** A transaction; may be run again after it failed. */
  private interface Writing<T> {
    T in(Database db, Session session, TierConfig by) throws SQLException;
  }

  private <T> T write(String operation, Writing<T> writing) {
    SharedOpening.Opened<Database> at = opening.requireWritable(operation);
    Database db = at.store();
    try (Session session = db.connections().write()) {
      return db.contention().run(session, () -> writing.in(db, session, at.by()));
    } catch (SQLException e) {
      throw db.failures().onWrite(operation, e);
    }
  }

  /** What a read does with a session. */
  private interface Reading<T> {
    T in(Database db, Session session) throws SQLException;
  }

  private <T> T read(String operation, Reading<T> reading) {
    Database db = opening.require(operation).store();
    try (Session session = db.connections().read()) {
      return reading.in(db, session);
    } catch (SQLException e) {
      throw db.failures().onRead(operation, e);
    }
  }
}
