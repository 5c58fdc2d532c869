// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.wal;

import io.syncengine.model.CorruptDataException;
import io.syncengine.model.DurabilityException;
import io.syncengine.model.SyncEngineException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Turns what SQLite and the file system say into the engine's exceptions. */
final class LogErrors {
  // Primary result codes, https://sqlite.org/rescode.html; getErrorCode() gives these.
  private static final int IOERR = 10;
  private static final int CORRUPT = 11;
  private static final int FULL = 13;
  private static final int NOTADB = 26;

  private LogErrors() {}

  /**
   * Whether the volume, or a quota on it, may be full. A quota and the growth of the shared memory
   * file are reported as I/O errors; taking any of those for a full volume costs nothing, since the
   * reserve is made again when there is room.
   */
  static boolean mayBeFull(SQLException e) {
    return e.getErrorCode() == FULL || e.getErrorCode() == IOERR;
  }

  static SyncEngineException unreadable(Path log, SQLException e) {
    if (e.getErrorCode() == CORRUPT || e.getErrorCode() == NOTADB) {
      CorruptDataException corrupt =
          damaged("the write-ahead log's file is damaged", log, String.valueOf(e.getMessage()));
      corrupt.addSuppressed(e);
      return corrupt;
    }
    return unreadable(log, (Exception) e);
  }

  static SyncEngineException unreadable(Path log, Exception e) {
    return new SyncEngineException(
        "the write-ahead log cannot be read; check the disk and the permissions: " + log, e);
  }

  static CorruptDataException damaged(String what, Path log, String found) {
    return new CorruptDataException(
        what
            + "; restore it from a backup, or move it away to start without the writes that only it"
            + " holds: "
            + log,
        null,
        "what was written",
        found);
  }

  static CorruptDataException damagedGroup(long group, Path log, String found) {
    return damaged("commit group " + group + " of the write-ahead log is damaged", log, found);
  }

  static SyncEngineException unwritable(Path log, @Nullable Exception e) {
    return new SyncEngineException(
        "the write-ahead log cannot be written; check that its directory exists and that this user"
            + " may write there: "
            + log,
        e);
  }

  static SyncEngineException missing(Path log) {
    return new SyncEngineException(
        "there is no write-ahead log to read; check wal_path: " + log, null);
  }

  static DurabilityException refusing() {
    return new DurabilityException(
        "an append to the write-ahead log failed; it takes no more until it is opened again", null);
  }

  static DurabilityException notWritten(SQLException e) {
    return mayBeFull(e)
        ? new DurabilityException(
            "writing the write-ahead log failed; check the disk and make room on its volume", e)
        : new DurabilityException("writing the write-ahead log failed", e);
  }

  static DurabilityException noRoomToSpare() {
    return new DurabilityException(
        "the volume of the write-ahead log has no room to spare for a snapshot", null);
  }

  static CorruptDataException damagedSnapshot(String found) {
    return new CorruptDataException(
        "a snapshot in the write-ahead log is damaged; it is not needed, the log is whole without it",
        null,
        "what was written",
        found);
  }

  static DurabilityException volumeFull() {
    return new DurabilityException(
        "the write-ahead log takes no more until its volume has room for the reserve file again",
        null);
  }
}
