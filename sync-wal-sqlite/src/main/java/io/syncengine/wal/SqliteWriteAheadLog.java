// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.wal;

import io.syncengine.spi.DeadLetterStore;
import io.syncengine.spi.Entry;
import io.syncengine.spi.LogPlace;
import io.syncengine.spi.Snapshots;
import io.syncengine.spi.WriteAheadLog;
import io.syncengine.spi.WriteAheadLogConfig;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The write-ahead log in one SQLite file, one row a commit group. This class opens, closes and
 * hands on: {@link LogWriter} changes the log, {@link LogReader} reads it.
 *
 * <p>Concurrency: {@code open} before everything else, by one thread; writing {@code connections}
 * publishes the fields set before. Then as {@link WriteAheadLog} says; the rest is in the classes
 * that this one hands on to.
 */
final class SqliteWriteAheadLog implements WriteAheadLog {
  private static final System.Logger LOG = System.getLogger("io.syncengine.wal");

  private LogFile file;
  private boolean readOnly;
  private @Nullable LogLock lock;
  private LogSpace space;
  private LogWriter writer;
  private LogReader reader;
  private SqliteDeadLetters deadLetters;
  private SqliteSnapshots snapshots;
  private volatile LogConnections connections;

  SqliteWriteAheadLog() {}

  @Override
  public void open(WriteAheadLogConfig config) {
    if (file != null) {
      throw new IllegalStateException("the write-ahead log was opened before");
    }
    LogOptions options = LogOptions.from(config.properties());
    file = new LogFile(config.path());
    readOnly = config.readOnly();
    boolean opened = false;
    try {
      if (readOnly) {
        findToRead(config.namespace());
      } else {
        findToWrite(config.namespace());
      }
      LogConnections made = new LogConnections(file.path(), readOnly, options.checkpointBytes());
      space = new LogSpace(file.path(), config.maxBytes());
      reader = new LogReader(made, file.path());
      deadLetters = new SqliteDeadLetters(file.path(), this);
      snapshots = new SqliteSnapshots(this, space);
      ReserveFile reserve = new ReserveFile(file.path(), options.reserveBytes());
      writer = new LogWriter(made, reserve, space, config.failPoints());
      connections = made;
      start(made);
      opened = true;
    } finally {
      if (!opened) {
        close();
      }
    }
  }

  private void findToRead(String namespace) {
    if (!file.exists()) {
      throw LogErrors.missing(file.path());
    }
    file.requireOurs();
    file.requireNamespace(namespace);
  }

  private void findToWrite(String namespace) {
    if (file.exists()) {
      file.requireOurs(); // before the lock, which leaves a file beside it
    }
    file.requireWritable();
    lock = LogLock.take(file.path());
    if (file.exists()) {
      file.requireOurs();
      examineTail();
      file.requireNamespace(namespace);
      file.tighten();
    } else {
      file.create(namespace);
    }
  }

  private void examineTail() {
    SqliteLogTail.Finding found;
    try {
      found = SqliteLogTail.examine(FileModes.beside(file.path(), "-wal"));
    } catch (IOException e) {
      throw LogErrors.unwritable(file.path(), e);
    }
    if (found == SqliteLogTail.Finding.DAMAGED) {
      throw LogErrors.damaged(
          "the write-ahead log is damaged before its end, in its -wal file",
          file.path(),
          "a frame with another checksum");
    }
    if (found == SqliteLogTail.Finding.TORN) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the write-ahead log ends in a commit that was not finished; it is left out");
    }
  }

  private void start(LogConnections made) {
    try {
      if (readOnly) {
        made.read(writer::load);
      } else {
        writer.start();
        snapshots.tidy();
      }
    } catch (SQLException e) {
      throw LogErrors.unreadable(file.path(), e);
    }
  }

  @Override
  public long append(List<Entry> entries, long clockCeiling) {
    return writer().append(entries, clockCeiling);
  }

  @Override
  public void reopen() {
    writer().reopen();
  }

  @Override
  public void truncateBelow(long group) {
    writer().truncateBelow(group);
  }

  @Override
  public Optional<Entry> read(LogPlace place) {
    requireOpen();
    return reader.read(place);
  }

  @Override
  public void replay(Visitor visitor) {
    requireOpen();
    reader.replay(visitor);
  }

  @Override
  public long clockCeiling() {
    requireOpen();
    return writer.ceiling();
  }

  @Override
  public long bytes() {
    return space.bytes(requireOpen());
  }

  @Override
  public double diskUse() {
    requireOpen();
    return space.diskUse();
  }

  @Override
  public Optional<String> state(String key) {
    requireOpen();
    return read(c -> LogState.read(c, key));
  }

  @Override
  public void putState(String key, String value) {
    Objects.requireNonNull(key, "key");
    writer().putState(key, Objects.requireNonNull(value, "value"));
  }

  @Override
  public <C> Optional<C> capability(Class<C> type) {
    if (type == DeadLetterStore.class) {
      return Optional.ofNullable(deadLetters).map(type::cast);
    }
    if (type == Snapshots.class) {
      return Optional.ofNullable(snapshots).map(type::cast);
    }
    return WriteAheadLog.super.capability(type);
  }

  @Override
  public void close() {
    LogConnections open = connections;
    if (open != null && !open.closed()) {
      open.close();
    }
    if (lock != null) {
      lock.close();
    }
  }

  <T> T read(LogConnections.Work<T> work) {
    try {
      return requireOpen().read(work);
    } catch (SQLException e) {
      throw LogErrors.unreadable(file.path(), e);
    }
  }

  <T> T write(LogConnections.Work<T> work) {
    return writer().write(work);
  }

  <T> T writeSpare(long bytes, LogConnections.Work<T> work) {
    return writer().writeSpare(bytes, work);
  }

  private LogWriter writer() {
    requireOpen();
    if (readOnly) {
      throw new IllegalStateException("the write-ahead log was opened to be read only");
    }
    return writer;
  }

  private LogConnections requireOpen() {
    LogConnections open = connections;
    if (open == null || open.closed()) {
      throw new IllegalStateException("the write-ahead log is not open");
    }
    return open;
  }
}
