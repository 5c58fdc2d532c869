// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.wal;

import io.syncengine.model.SyncEngineException;
import io.syncengine.spi.SnapshotArguments;
import io.syncengine.spi.Snapshots;
import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.CRC32C;

/**
 * Snapshots in a table of the log's file, which the first one makes.
 *
 * <p>What makes it safe, in order: each chunk is a transaction, under a generation of its own; a
 * last small one makes the generation the one of its name; then the chunks of the generation before
 * are deleted, one by one. So a crash leaves chunks of a generation that no name has; they are
 * deleted at the next open or put. Each transaction also keeps how many pages of the file snapshots
 * have taken in all, measured in it, for {@link LogSpace}.
 *
 * <p>Concurrency: {@code putting} is held by who changes snapshots, over the making of the chunks
 * too; before {@link LogConnections}' writing lock, which is free between two chunks. Who reads
 * takes neither, and reads again if the name had got another generation meanwhile.
 */
final class SqliteSnapshots implements Snapshots {
  private static final System.Logger LOG = System.getLogger("io.syncengine.wal");

  private static final String TABLE =
      "CREATE TABLE IF NOT EXISTS snapshot(name TEXT NOT NULL, generation INTEGER NOT NULL,"
          + " chunk INTEGER NOT NULL, crc INTEGER NOT NULL, bytes BLOB NOT NULL,"
          + " PRIMARY KEY(generation, chunk))";
  private static final String KEY = "log.snapshot.";

  /** Which row a chunk is: what SQLite's VACUUM may not change, unlike a row number. */
  private record Chunk(long generation, int number) {}

  /** What a name has; as text {@code <generation> <chunks>}. */
  private record Kept(long generation, int chunks) {
    static Kept of(String text) {
      String[] parts = text.split(" ", 2);
      return new Kept(Long.parseLong(parts[0]), Integer.parseInt(parts[1]));
    }

    @Override
    public String toString() {
      return generation + " " + chunks;
    }
  }

  private final SqliteWriteAheadLog log;
  private final LogSpace space;
  private final ReentrantLock putting = new ReentrantLock();

  SqliteSnapshots(SqliteWriteAheadLog log, LogSpace space) {
    this.log = log;
    this.space = space;
  }

  @Override
  public void putSnapshot(String name, Iterator<byte[]> chunks) {
    SnapshotArguments.name(name);
    putting.lock();
    try {
      deleteUnnamed();
      write(name, chunks);
      tidy();
    } finally {
      putting.unlock();
    }
  }

  private void write(String name, Iterator<byte[]> chunks) {
    boolean done = false;
    try {
      long generation = nextGeneration();
      int count = 0;
      while (chunks.hasNext()) {
        insert(name, generation, count++, SnapshotArguments.chunk(chunks.next()));
      }
      SnapshotArguments.count(count);
      Kept kept = new Kept(generation, count);
      change(0, c -> LogState.write(c, KEY + name, kept.toString()));
      done = true;
    } finally {
      if (!done) {
        tidy();
      }
    }
  }

  @Override
  public void removeSnapshot(String name) {
    SnapshotArguments.name(name);
    putting.lock();
    try {
      if (log.state(KEY + name).isPresent()) {
        change(0, c -> LogState.remove(c, KEY + name));
      }
      tidy();
    } finally {
      putting.unlock();
    }
  }

  @Override
  public Optional<List<byte[]>> snapshot(String name) {
    String key = KEY + SnapshotArguments.name(name);
    Optional<String> text = log.state(key);
    while (text.isPresent()) {
      Kept kept = Kept.of(text.get());
      Optional<List<byte[]>> chunks = log.read(c -> chunks(c, kept));
      if (chunks.isPresent()) {
        return chunks;
      }
      Optional<String> now = log.state(key);
      if (now.equals(text)) {
        throw LogErrors.damagedSnapshot("a chunk that is missing or has another checksum");
      }
      text = now;
    }
    return Optional.empty();
  }

  /** Deletes what a crash, a failure or the put before has left; if that fails, the next does. */
  void tidy() {
    try {
      deleteUnnamed();
    } catch (SyncEngineException | IllegalStateException e) {
      LOG.log(
          System.Logger.Level.DEBUG,
          "chunks of old snapshots stay in the write-ahead log's file",
          e);
    }
  }

  private void deleteUnnamed() {
    for (Chunk chunk : log.read(SqliteSnapshots::unnamed)) {
      change(
          0,
          c -> {
            PreparedStatement delete =
                c.statement("DELETE FROM snapshot WHERE generation=? AND chunk=?");
            delete.setLong(1, chunk.generation);
            delete.setInt(2, chunk.number);
            delete.executeUpdate();
          });
    }
  }

  private static List<Chunk> unnamed(LogConnection c) throws SQLException {
    List<Chunk> chunks = new ArrayList<>();
    if (!exists(c)) {
      return chunks;
    }
    Set<Long> named = new HashSet<>();
    try (ResultSet row =
        c.statement("SELECT value FROM state WHERE key GLOB '" + KEY + "*'").executeQuery()) {
      while (row.next()) {
        named.add(Kept.of(row.getString(1)).generation);
      }
    }
    try (ResultSet row = c.statement("SELECT generation, chunk FROM snapshot").executeQuery()) {
      while (row.next()) {
        Chunk chunk = new Chunk(row.getLong(1), row.getInt(2));
        if (!named.contains(chunk.generation)) {
          chunks.add(chunk);
        }
      }
    }
    return chunks;
  }

  private static boolean exists(LogConnection c) throws SQLException {
    return c.number("SELECT count(*) FROM sqlite_master WHERE name='snapshot'", 0) > 0;
  }

  private long nextGeneration() {
    return log.read(c -> exists(c) ? c.number("SELECT max(generation) FROM snapshot", 0) : 0L) + 1;
  }

  private void insert(String name, long generation, int chunk, byte[] bytes) {
    change(
        bytes.length,
        c -> {
          c.execute(TABLE);
          PreparedStatement insert = c.statement("INSERT INTO snapshot VALUES(?, ?, ?, ?, ?)");
          insert.setString(1, name);
          insert.setLong(2, generation);
          insert.setInt(3, chunk);
          insert.setLong(4, crc(generation, chunk, bytes));
          insert.setBytes(5, bytes);
          insert.executeUpdate();
        });
  }

  /** All chunks, or nothing if not all are there and whole. */
  private static Optional<List<byte[]>> chunks(LogConnection c, Kept kept) throws SQLException {
    List<byte[]> chunks = new ArrayList<>();
    PreparedStatement select =
        c.statement("SELECT crc, bytes FROM snapshot WHERE generation=? ORDER BY chunk");
    select.setLong(1, kept.generation);
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        byte[] bytes = row.getBytes(2);
        if (row.getLong(1) != crc(kept.generation, chunks.size(), bytes)) {
          return Optional.empty();
        }
        chunks.add(bytes);
      }
    }
    return chunks.size() == kept.chunks ? Optional.of(chunks) : Optional.empty();
  }

  private static long crc(long generation, int chunk, byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(12).putLong(generation).putInt(chunk).array());
    crc.update(bytes);
    return crc.getValue();
  }

  /** Statements of one transaction. */
  @FunctionalInterface
  private interface Changes {
    void make(LogConnection c) throws SQLException;
  }

  private void change(long bytes, Changes changes) {
    log.writeSpare(
        bytes,
        c -> {
          c.transaction(() -> measured(c, changes));
          space.snapshotChanged(c);
          return c;
        });
  }

  private static long measured(LogConnection c, Changes changes) throws SQLException {
    long before = LogSpace.pagesInUse(c);
    changes.make(c);
    long taken = LogSpace.pagesInUse(c) - before + LogState.number(c, LogState.SNAPSHOT_PAGES);
    LogState.write(c, LogState.SNAPSHOT_PAGES, taken);
    return taken;
  }
}
