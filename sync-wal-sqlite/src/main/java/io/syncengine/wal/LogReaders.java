// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.wal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.SQLException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The connections that read: as many as there are threads reading, of which a few are kept.
 *
 * <p>A log that is only read, and that nobody writes, is opened <em>frozen</em> ({@code
 * immutable=1}): without locks and without side files, so also where none could be made. Such a
 * connection sees no change; so the file's stamp is compared before and after each use, and if a
 * writer has come, the work is done again on a connection that goes along with writers.
 *
 * <p>Concurrency: safe from any thread, but for {@link #drop}, during which nobody may read.
 */
final class LogReaders {
  private static final int KEPT = 4;

  /** How the file stands; merged if no log of SQLite's lies beside it, so that nobody writes it. */
  private record Stamp(boolean merged, long size, @Nullable FileTime modified) {}

  private record Reader(LogConnection connection, @Nullable Stamp frozen) {}

  private final Path file;
  private final Path sqliteLog;
  private final boolean mayFreeze;
  private final ConcurrentLinkedQueue<Reader> idle = new ConcurrentLinkedQueue<>();
  private final AtomicInteger idleCount = new AtomicInteger();

  LogReaders(Path file, boolean mayFreeze) {
    this.file = file;
    this.sqliteLog = FileModes.beside(file, "-wal");
    this.mayFreeze = mayFreeze;
  }

  <T> T read(LogConnections.Work<T> work) throws SQLException {
    while (true) {
      Reader reader = borrow();
      boolean sound = false;
      try {
        T result = work.with(reader.connection);
        sound = unchanged(reader);
        if (sound) {
          return result;
        }
      } catch (SQLException | RuntimeException e) {
        if (unchanged(reader)) {
          throw e;
        }
        // A writer came while the file was read as one that nobody writes: read it again.
      } finally {
        giveBack(reader, sound);
      }
    }
  }

  /** Closes those that are kept. */
  void drop() {
    for (Reader reader = idle.poll(); reader != null; reader = idle.poll()) {
      reader.connection.close();
    }
    idleCount.set(0);
  }

  private Reader borrow() throws SQLException {
    for (Reader reader = idle.poll(); reader != null; reader = idle.poll()) {
      idleCount.decrementAndGet();
      if (unchanged(reader)) {
        return reader;
      }
      reader.connection.close();
    }
    Stamp stamp = mayFreeze ? stamp() : null;
    return stamp != null && stamp.merged
        ? new Reader(LogConnections.open(file, "?mode=ro&immutable=1"), stamp)
        : new Reader(openReader(), null);
  }

  private void giveBack(Reader reader, boolean sound) {
    if (sound && idleCount.get() < KEPT) {
      idleCount.incrementAndGet();
      idle.add(reader);
    } else {
      reader.connection.close();
    }
  }

  private boolean unchanged(Reader reader) {
    return reader.frozen == null || reader.frozen.equals(stamp());
  }

  private Stamp stamp() {
    try {
      return new Stamp(
          Files.notExists(sqliteLog), Files.size(file), Files.getLastModifiedTime(file));
    } catch (IOException e) {
      return new Stamp(false, -1, null);
    }
  }

  private LogConnection openReader() throws SQLException {
    LogConnection reader = LogConnections.open(file, "?mode=ro");
    reader.execute("PRAGMA cache_size=-256");
    return reader;
  }
}
