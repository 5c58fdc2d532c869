// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.wal;

import io.syncengine.model.SyncEngineException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;

/**
 * The log's file as such: whether it is one of ours, and how a new one comes to be. A new file is
 * made whole beside its place, synced and then renamed, so that a crash leaves either no log or a
 * log, never half of one.
 */
final class LogFile {
  /** {@code PRAGMA application_id}: "SYWL". */
  static final int APPLICATION_ID = 0x5359574C;

  /** {@code PRAGMA user_version} that this code writes and reads. */
  static final int VERSION = 1;

  /** Measured: 4 KiB pages cost a tenth, 32 KiB ones make small groups dear. */
  private static final int PAGE_SIZE = 8192;

  private static final String[] TABLES = {
    "CREATE TABLE log(group_no INTEGER PRIMARY KEY, ceiling INTEGER NOT NULL,"
        + " head BLOB NOT NULL, body BLOB NOT NULL)",
    "CREATE TABLE state(key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID",
    "CREATE TABLE dead_letter(number INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL,"
        + " version INTEGER NOT NULL, tombstone INTEGER NOT NULL, content_hash BLOB NOT NULL,"
        + " reason TEXT NOT NULL, detail TEXT NOT NULL, at INTEGER NOT NULL,"
        + " head BLOB NOT NULL, body BLOB NOT NULL,"
        + " UNIQUE(id, version, tombstone, content_hash))",
  };

  private final Path path;

  LogFile(Path configured) {
    this.path = canonical(configured);
  }

  /** The path without symbolic links: two paths of one file have the same side files. */
  Path path() {
    return path;
  }

  /** Whether there is a log; an empty file is none. */
  boolean exists() {
    try {
      return Files.exists(path) && (!Files.isRegularFile(path) || Files.size(path) > 0);
    } catch (IOException e) {
      throw LogErrors.unwritable(path, e);
    }
  }

  /**
   * Looks at the marks in the file's header and touches nothing, not even by a side file or a lock.
   * The marks are never changed.
   *
   * @throws SyncEngineException if this is not a log that this version reads
   */
  void requireOurs() {
    if (!Files.isRegularFile(path)) {
      throw new SyncEngineException(
          "wal_path is not a regular file; choose another: " + path, null);
    }
    if (!Files.isReadable(path)) {
      throw new SyncEngineException(
          "the write-ahead log cannot be read; check its permissions: " + path, null);
    }
    if (LogLock.isHeldHere(path)) {
      // Looked at by who holds it. To open and close it here would drop the locks of his
      // connections.
      return;
    }
    SqliteHeader header = header();
    if (header.applicationId() != APPLICATION_ID) {
      throw new SyncEngineException(
          "wal_path is a database of another application; choose another wal_path: " + path, null);
    }
    if (header.userVersion() > VERSION) {
      throw new SyncEngineException(
          "the write-ahead log was written by a newer version; use that version, or let it flush"
              + " and move the file away: "
              + path,
          null);
    }
  }

  private SqliteHeader header() {
    try {
      return SqliteHeader.read(path)
          .orElseThrow(
              () ->
                  new SyncEngineException(
                      "wal_path is not a database; choose another wal_path: " + path, null));
    } catch (IOException e) {
      throw LogErrors.unreadable(path, e);
    }
  }

  /** Checks what the log was made for. */
  void requireNamespace(String namespace) {
    String found;
    try (LogConnections connections = new LogConnections(path, true, 0)) {
      found = connections.read(c -> LogState.read(c, LogState.NAMESPACE)).orElse("");
    } catch (SQLException e) {
      throw LogErrors.unreadable(path, e);
    }
    if (!found.equals(namespace)) {
      throw new SyncEngineException(
          "the write-ahead log belongs to another namespace; set namespace as it was, or choose"
              + " another wal_path: "
              + path,
          null);
    }
  }

  /** Gives a log that was restored or copied the modes of a new one. */
  void tighten() {
    try {
      for (String suffix : new String[] {"", "-wal", "-shm"}) {
        FileModes.tighten(FileModes.beside(path, suffix));
      }
    } catch (IOException e) {
      throw LogErrors.unwritable(path, e);
    }
  }

  /** Checks that a log can be written, before anything is. */
  void requireWritable() {
    Path directory = FileModes.directoryOf(path);
    boolean writable =
        Files.isDirectory(directory)
            && Files.isWritable(directory)
            && (Files.notExists(path) || Files.isWritable(path));
    if (!writable) {
      throw LogErrors.unwritable(path, null);
    }
  }

  /** Makes a new log. Under the lock. */
  void create(String namespace) {
    if (Files.exists(FileModes.beside(path, "-wal"))) {
      throw new SyncEngineException(
          "the write-ahead log is missing, but its -wal file is there and may hold writes; restore"
              + " the log, or move the -wal file away: "
              + path,
          null);
    }
    Path fresh = FileModes.beside(path, ".new");
    try {
      Files.deleteIfExists(fresh);
      Files.deleteIfExists(FileModes.beside(fresh, "-journal"));
      FileModes.create(fresh);
      fill(fresh, namespace);
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
      syncDirectory(FileModes.directoryOf(path));
    } catch (IOException | SQLException e) {
      throw LogErrors.unwritable(path, e);
    }
  }

  private static void fill(Path fresh, String namespace) throws SQLException {
    try (LogConnection c = LogConnections.open(fresh, "?mode=rw")) {
      c.execute("PRAGMA page_size=" + PAGE_SIZE);
      c.execute("PRAGMA synchronous=EXTRA");
      c.execute("PRAGMA fullfsync=ON");
      c.transaction(() -> fill(c, namespace));
      c.execute("PRAGMA journal_mode=WAL");
    }
  }

  private static Void fill(LogConnection c, String namespace) throws SQLException {
    c.execute("PRAGMA application_id=" + APPLICATION_ID);
    c.execute("PRAGMA user_version=" + VERSION);
    for (String table : TABLES) {
      c.execute(table);
    }
    LogState.write(c, LogState.NAMESPACE, namespace);
    return null;
  }

  private static void syncDirectory(Path directory) throws IOException {
    try (FileChannel d = FileChannel.open(directory, StandardOpenOption.READ)) {
      d.force(true);
    } catch (java.nio.file.AccessDeniedException e) {
      // Windows opens no directories, and needs no sync for a rename to last.
    }
  }

  private static Path canonical(Path configured) {
    Path absolute = configured.toAbsolutePath().normalize();
    try {
      if (Files.exists(absolute)) {
        return absolute.toRealPath();
      }
      return FileModes.directoryOf(absolute).toRealPath().resolve(absolute.getFileName());
    } catch (IOException e) {
      throw LogErrors.unwritable(absolute, e);
    }
  }
}
