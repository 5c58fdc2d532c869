// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.wal;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;

/**
 * What the log takes on its volume. Pages that truncation freed are used again and do not count,
 * nor do those of snapshots, nor what SQLite's own log may keep; otherwise a log emptied after an
 * outage would press for ever, with no write let through that could change it.
 *
 * <p>Concurrency: {@code inUse} is written by the one thread that opens, appends or truncates, the
 * others by who has the writing connection; all are read from any.
 */
final class LogSpace {
  /** A drained log gives its pages back to the volume from here on. */
  private static final long WORTH_SHRINKING = 64L << 20;

  /** Shrinking copies what is left; that much it may be. */
  private static final long CHEAP_TO_COPY = 8L << 20;

  /** How far the estimate may run before it is counted again. */
  private static final long RECOUNT_AFTER = 1L << 20;

  private final Path file;
  private final double maxBytes;
  private volatile long inUse;
  private volatile long inFile;
  private volatile long free;
  private volatile long countAt;

  LogSpace(Path file, long maxBytes) {
    this.file = file;
    this.maxBytes = maxBytes;
  }

  /** Bytes of the pages in use, and of SQLite's own log what goes beyond its allowance. */
  long bytes(LogConnections connections) {
    return inUse + connections.excessBytes();
  }

  /** An append is on disk; counts exactly once in a while. */
  void appended(LogConnections connections, long bytes) {
    try {
      long now = inUse + bytes;
      inUse = now;
      if (now >= countAt) {
        connections.write(this::count);
      }
      connections.boundSqliteLog();
    } catch (SQLException e) {
      // The group is on disk; the next append or truncation counts again.
    }
  }

  /**
   * A truncation is committed.
   *
   * @param scarce whether the volume is full: then give back what can be given
   */
  void truncated(LogConnections connections, boolean scarce) {
    try {
      countAndShrink(connections, scarce);
    } catch (SQLException | IOException e) {
      // The groups are gone; the space is given back by a later one.
    }
  }

  private void countAndShrink(LogConnections connections, boolean scarce)
      throws SQLException, IOException {
    connections.write(this::count);
    long worth = scarce ? 1 : WORTH_SHRINKING;
    // The copy goes through SQLite's log first, which must find room for it.
    long possible = Math.min(CHEAP_TO_COPY, Math.min(free, store().getUsableSpace()));
    if (free >= worth && inFile <= possible) {
      shrink(connections);
    }
    if (scarce) {
      connections.giveSpaceBack();
    } else {
      connections.boundSqliteLog();
    }
  }

  private void shrink(LogConnections connections) {
    try {
      connections.write(
          c -> {
            c.execute("VACUUM");
            return count(c);
          });
    } catch (SQLException e) {
      // Not now: the file stays as large as it is, and its pages are used again.
    }
  }

  Void count(LogConnection c) throws SQLException {
    long page = c.number("PRAGMA page_size", 0);
    long unused = c.number("PRAGMA freelist_count", 0);
    long used = pagesInUse(c);
    free = unused * page;
    inFile = used * page;
    inUse = Math.max(0, used - LogState.number(c, LogState.SNAPSHOT_PAGES)) * page;
    countAt = inUse + RECOUNT_AFTER;
    return null;
  }

  /** How many pages of the file are in use, inside a transaction with what it has changed. */
  static long pagesInUse(LogConnection c) throws SQLException {
    return c.number("PRAGMA page_count", 0) - c.number("PRAGMA freelist_count", 0);
  }

  /** A snapshot has taken or freed pages: the next append counts. */
  void snapshotChanged(LogConnection c) throws SQLException {
    free = c.number("PRAGMA freelist_count", 0) * c.number("PRAGMA page_size", 0);
    countAt = 0;
  }

  /**
   * Whether there is room to spare for some bytes, which go to SQLite's log and from there to the
   * file: to its free pages, if it has any.
   *
   * @param kept what must be left
   */
  boolean hasRoom(long bytes, long kept) {
    try {
      long room = store().getUsableSpace() - kept;
      return room >= 2 * bytes && room + free >= 4 * bytes;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * How full the volume is, with the pages that are free in the file taken as free. Where the log's
   * bound would fit into the free room many times the volume does not press, however full it is.
   */
  double diskUse() {
    try {
      FileStore store = store();
      double total = store.getTotalSpace();
      double room = store.getUsableSpace() + free;
      double used = total > 0 ? Math.max(0, (total - room) / total) : 0;
      return Math.min(used, maxBytes / (maxBytes + room));
    } catch (IOException e) {
      return 0;
    }
  }

  private FileStore store() throws IOException {
    return Files.getFileStore(FileModes.directoryOf(file));
  }
}
