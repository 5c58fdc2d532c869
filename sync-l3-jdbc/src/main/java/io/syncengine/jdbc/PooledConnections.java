// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

/**
 * Own pools: one connection that writes, a few that read. Prepared statements stay with their
 * connection: preparing costs as much as reading a row.
 */
final class PooledConnections implements Connections {
  /** Hikari takes no shorter wait. */
  private static final long SHORTEST_WAIT_MILLIS = 250;

  /** What a writer's session is checked for when it begins. */
  interface Check {
    /** Throws if nothing may be written now. */
    void run() throws SQLException;
  }

  private final Dialect dialect;
  private final Duration timeout;
  private final Check beforeWrite;
  private final HikariDataSource readers;
  private final HikariDataSource writer;
  // By physical connection, which has no equality but identity. The inner maps are used by whoever
  // has the connection.
  private final Map<Connection, Map<String, PreparedStatement>> statements =
      new ConcurrentHashMap<>();

  /**
   * Makes the pools; connects when first asked.
   *
   * @param writing null if nothing is to be written
   */
  PooledConnections(
      Dialect dialect, PoolOptions options, DataSource reading, DataSource writing, Check check) {
    this.dialect = dialect;
    this.timeout = options.timeout();
    this.beforeWrite = check;
    this.readers = pool(options, "-read", reading, options.readers(), writing == null);
    this.writer = writing == null ? null : pool(options, "-write", writing, 1, false);
  }

  private static HikariDataSource pool(
      PoolOptions options, String suffix, DataSource source, int size, boolean readOnly) {
    HikariConfig config = new HikariConfig();
    config.setPoolName(options.name() + suffix);
    config.setDataSource(source);
    config.setMaximumPoolSize(size);
    config.setMinimumIdle(size);
    config.setReadOnly(readOnly);
    config.setConnectionTimeout(Math.max(SHORTEST_WAIT_MILLIS, options.timeout().toMillis()));
    config.setValidationTimeout(Math.max(SHORTEST_WAIT_MILLIS, options.timeout().toMillis()));
    config.setInitializationFailTimeout(-1);
    config.setMaxLifetime(0);
    config.setIdleTimeout(0);
    return new HikariDataSource(config);
  }

  @Override
  public Session read() throws SQLException {
    return session(readers, readers.getConnection());
  }

  @Override
  public Session write() throws SQLException {
    beforeWrite.run();
    long began = System.nanoTime();
    Session session = session(writer, writer.getConnection());
    // The wait for the pool and the wait for other processes' locks share one bound.
    dialect.limit(session.connection(), timeout.minusNanos(System.nanoTime() - began));
    return session;
  }

  private Session session(HikariDataSource pool, Connection pooled) throws SQLException {
    Connection physical = pooled.unwrap(Connection.class);
    Map<String, PreparedStatement> kept = statements.get(physical);
    if (kept == null) {
      kept = newlyKept(physical);
    }
    return new Session(
        physical,
        kept,
        clean -> {
          if (!clean) {
            statements.remove(physical);
            pool.evictConnection(pooled);
          }
          pooled.close();
        });
  }

  private Map<String, PreparedStatement> newlyKept(Connection physical) throws SQLException {
    Iterator<Connection> known = statements.keySet().iterator();
    while (known.hasNext()) {
      if (known.next().isClosed()) {
        known.remove();
      }
    }
    Map<String, PreparedStatement> kept = new HashMap<>();
    statements.put(physical, kept);
    return kept;
  }

  @Override
  public void close() {
    readers.close();
    if (writer != null) {
      writer.close();
    }
  }
}
