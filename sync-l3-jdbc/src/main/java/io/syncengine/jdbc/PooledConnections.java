// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Own pools: one connection that writes, one that follows, a few that read. */
final class PooledConnections implements Connections {
  /** Hikari takes no shorter wait. */
  private static final long SHORTEST_WAIT_MILLIS = 250;

  /**
   * Where connections come from.
   *
   * @param following null if those for reading serve for that too
   * @param writing null if nothing is to be written
   */
  record Sources(
      DataSource reading, @Nullable DataSource following, @Nullable DataSource writing) {}

  /** What a writer's session is checked for when it begins. */
  interface Check {
    /** Throws if nothing may be written now. */
    void run() throws SQLException;
  }

  private final Dialect dialect;
  private final Duration timeout;
  private final Check beforeWrite;
  private final HikariDataSource readers;
  private final HikariDataSource follower;
  private final @Nullable HikariDataSource writer;
  // By physical connection, which has no equality but identity.
  private final Map<Connection, KeptStatements> statements = new ConcurrentHashMap<>();

  /** Makes the pools. */
  PooledConnections(Dialect dialect, PoolOptions options, Sources sources, Check check) {
    this.dialect = dialect;
    this.timeout = options.timeout();
    this.beforeWrite = check;
    DataSource writing = sources.writing();
    boolean readOnly = writing == null;
    this.readers = pool(options, "-read", sources.reading(), options.readers(), readOnly);
    this.follower =
        sources.following() == null
            ? readers
            : pool(options, "-follow", sources.following(), 1, readOnly);
    this.writer = writing == null ? null : pool(options, "-write", writing, 1, false);
  }

  private static HikariDataSource pool(
      PoolOptions options, String suffix, DataSource source, int size, boolean readOnly) {
    HikariConfig config = new HikariConfig();
    config.setPoolName(options.name() + suffix);
    config.setDataSource(source);
    config.setMaximumPoolSize(size);
    config.setMinimumIdle(options.remote() ? 0 : size);
    config.setReadOnly(readOnly);
    config.setConnectionTimeout(Math.max(SHORTEST_WAIT_MILLIS, options.timeout().toMillis()));
    config.setValidationTimeout(Math.max(SHORTEST_WAIT_MILLIS, options.timeout().toMillis()));
    config.setInitializationFailTimeout(-1);
    config.setIdleTimeout(0);
    if (!options.remote()) {
      config.setMaxLifetime(0);
    }
    return new HikariDataSource(config);
  }

  @Override
  public Session read() throws SQLException {
    return session(readers, dialect.deadline(timeout));
  }

  @Override
  public Session follow() throws SQLException {
    return session(follower, dialect.deadline(timeout));
  }

  @Override
  public Session write() throws SQLException {
    if (writer == null) {
      throw new SQLException("open for reading only");
    }
    beforeWrite.run();
    long began = System.nanoTime();
    Session session = session(writer, dialect.deadline(timeout));
    // The wait for the pool and the wait for other processes' locks share one bound.
    dialect.limit(session.connection(), timeout.minusNanos(System.nanoTime() - began));
    return session;
  }

  private Session session(HikariDataSource pool, Deadline deadline) throws SQLException {
    Connection pooled = pool.getConnection();
    Connection physical = pooled.unwrap(Connection.class);
    KeptStatements kept = statements.get(physical);
    if (kept == null) {
      try {
        kept = newlyKept(physical, deadline);
      } catch (SQLException e) {
        pool.evictConnection(pooled);
        pooled.close();
        throw e;
      }
    }
    return new Session(
        physical,
        kept,
        deadline,
        clean -> {
          // The pool sees nothing of what is done with the physical connection.
          if (!clean || physical.isClosed()) {
            statements.remove(physical);
            pool.evictConnection(pooled);
          }
          pooled.close();
        });
  }

  private KeptStatements newlyKept(Connection physical, Deadline deadline) throws SQLException {
    Iterator<Connection> known = statements.keySet().iterator();
    while (known.hasNext()) {
      if (known.next().isClosed()) {
        known.remove();
      }
    }
    deadline.arm(physical);
    KeptStatements kept = new KeptStatements(dialect.maxPacketBytes(physical));
    statements.put(physical, kept);
    return kept;
  }

  @Override
  public void close() {
    readers.close();
    follower.close();
    if (writer != null) {
      writer.close();
    }
  }
}
