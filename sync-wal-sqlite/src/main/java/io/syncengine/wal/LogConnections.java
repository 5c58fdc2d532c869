// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.wal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.sqlite.JDBC;

/**
 * Owns the connections to the log's file and their pragmas: one that writes, and as many that read
 * as there are threads reading, of which a few are kept.
 *
 * <p>Concurrency: {@code writing} admits one writer. {@code swapping} is held shared by every read
 * and exclusively by whoever replaces or closes the connections. Order: writing, then swapping.
 * Nothing is called back under either but the work itself, which is a few statements.
 *
 * <p>A file is never opened by other means than SQLite's while it may be in use: closing any
 * descriptor of it would drop the POSIX locks that SQLite holds for this process.
 */
final class LogConnections implements AutoCloseable {
  private static final int BUSY_MILLIS = 2_000;

  /** After a forced merge that readers did not let through, wait until it has grown that often. */
  private static final int PATIENCE = 4;

  /** A few statements. */
  @FunctionalInterface
  interface Work<T> {
    T with(LogConnection connection) throws SQLException;
  }

  private final Path file;
  private final Path sqliteLog;
  private final long checkpointBytes;
  private final ReentrantLock writing = new ReentrantLock();
  private final ReentrantReadWriteLock swapping = new ReentrantReadWriteLock();
  private final LogReaders readers;
  private @Nullable LogConnection writer; // guarded by writing
  private volatile boolean closed; // written under swapping
  private long mergeAbove; // guarded by writing

  LogConnections(Path file, boolean readOnly, long checkpointBytes) {
    this.file = file;
    this.sqliteLog = FileModes.beside(file, "-wal");
    this.readers = new LogReaders(file, readOnly);
    this.checkpointBytes = checkpointBytes;
    this.mergeAbove = PATIENCE * checkpointBytes;
  }

  /**
   * Does work on the writing connection. If it fails the connection is given up, and the next call
   * opens another, so that no state of a failure is carried on.
   */
  <T> T write(Work<T> work) throws SQLException {
    writing.lock();
    try {
      requireOpen();
      LogConnection connection = writer == null ? openWriter() : writer;
      writer = connection;
      boolean done = false;
      try {
        T result = work.with(connection);
        done = true;
        return result;
      } finally {
        if (!done) {
          dropWriter();
        }
      }
    } finally {
      writing.unlock();
    }
  }

  /** Does work on a reading connection. */
  <T> T read(Work<T> work) throws SQLException {
    swapping.readLock().lock();
    try {
      requireOpen();
      return readers.read(work);
    } finally {
      swapping.readLock().unlock();
    }
  }

  /** Opens all connections anew. */
  void renew() throws SQLException {
    writing.lock();
    swapping.writeLock().lock();
    try {
      requireOpen();
      dropAll();
      writer = openWriter();
      // A new generation of SQLite's log, so that no frames of the failed write lie behind its end.
      merge(writer);
    } catch (SQLException e) {
      dropWriter();
      throw e;
    } finally {
      swapping.writeLock().unlock();
      writing.unlock();
    }
  }

  @Override
  public void close() {
    writing.lock();
    swapping.writeLock().lock();
    try {
      closed = true;
      dropAll();
    } finally {
      swapping.writeLock().unlock();
      writing.unlock();
    }
  }

  /** Whether {@link #close} was called. */
  boolean closed() {
    return closed;
  }

  /** The bytes of SQLite's own log beyond what it is allowed to keep for reuse. */
  long excessBytes() {
    return Math.max(0, sqliteLogBytes() - PATIENCE * checkpointBytes);
  }

  /**
   * Merges SQLite's log into the file if it has outgrown its bound: SQLite merges after each commit
   * what readers allow, but starts over only when no reader is in it, which under steady reading
   * may never be by itself.
   */
  void boundSqliteLog() throws SQLException {
    write(this::mergeIfLarge);
  }

  private Void mergeIfLarge(LogConnection connection) throws SQLException {
    long size = sqliteLogBytes();
    if (size > mergeAbove) {
      boolean merged = merge(connection);
      mergeAbove = merged ? PATIENCE * checkpointBytes : 2 * size;
    }
    return null;
  }

  /** Merges SQLite's log into the file and gives its space back, as far as that is possible now. */
  void giveSpaceBack() throws SQLException {
    write(LogConnections::merge);
  }

  /** Merges all of SQLite's log, waiting a moment for readers; false if they did not let it. */
  private static boolean merge(LogConnection c) throws SQLException {
    return c.number("PRAGMA wal_checkpoint(TRUNCATE)", 1) == 0;
  }

  private long sqliteLogBytes() {
    try {
      return Files.size(sqliteLog);
    } catch (IOException e) {
      return 0;
    }
  }

  private LogConnection openWriter() throws SQLException {
    LogConnection opened = open(file, "?mode=rw");
    try {
      opened.execute("PRAGMA journal_mode=WAL");
      opened.execute("PRAGMA synchronous=FULL");
      // macOS: fsync alone leaves data in the drive's cache. No effect elsewhere.
      opened.execute("PRAGMA fullfsync=ON");
      opened.execute("PRAGMA checkpoint_fullfsync=ON");
      opened.execute("PRAGMA temp_store=MEMORY"); // no copy of contents in another directory
      opened.execute("PRAGMA secure_delete=OFF");
      long pages = Math.max(1, checkpointBytes / opened.number("PRAGMA page_size", 4096));
      opened.execute("PRAGMA wal_autocheckpoint=" + pages);
      opened.execute("PRAGMA journal_size_limit=" + PATIENCE * checkpointBytes);
      return opened;
    } catch (SQLException e) {
      opened.close();
      throw e;
    }
  }

  /** Opens a connection of any kind; the query says which. */
  static LogConnection open(Path file, String query) throws SQLException {
    // A URI, so that no character of the path is taken for an option.
    String url = JDBC.PREFIX + "file:" + file.toUri().getRawPath() + query;
    Properties driver = new Properties();
    // Else each insert leaves a query for its key open, in whose presence nothing can be vacuumed.
    driver.setProperty("jdbc.get_generated_keys", "false");
    LogConnection opened = new LogConnection(JDBC.createConnection(url, driver));
    try {
      opened.execute("PRAGMA busy_timeout=" + BUSY_MILLIS);
      opened.execute("PRAGMA trusted_schema=OFF");
      return opened;
    } catch (SQLException e) {
      opened.close();
      throw e;
    }
  }

  private void dropAll() {
    readers.drop();
    dropWriter(); // the last one: SQLite merges its log and removes it
  }

  private void dropWriter() {
    if (writer != null) {
      writer.close();
      writer = null;
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the write-ahead log is closed");
    }
  }
}
