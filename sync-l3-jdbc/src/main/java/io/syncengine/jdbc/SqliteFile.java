// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The database's file and its side files. An existing file is never opened here: closing any
 * descriptor of it would drop the locks that SQLite holds in this process (POSIX).
 */
final class SqliteFile {
  private final Path path;
  // Device and inode, where the system has them; written once by remember().
  private volatile @Nullable Object key;

  SqliteFile(Path path) {
    this.path = path.toAbsolutePath();
  }

  Path path() {
    return path;
  }

  /**
   * Makes folder and file if they are missing, the file with mode 0600; SQLite gives its side files
   * the same mode. An existing file keeps its mode.
   *
   * @throws Refusal if it cannot be made or may not be written
   */
  void create() throws Refusal {
    try {
      // Asked first: createDirectories refuses a link to a folder up to Java 19.
      if (!Files.isDirectory(folder())) {
        Files.createDirectories(folder());
      }
      Files.createFile(path, ownerOnly());
      return;
    } catch (FileAlreadyExistsException e) {
      if (!path.toString().equals(e.getFile())) {
        throw new Refusal(
            "a part of the database's path is a file, not a folder; choose another path", e);
      }
    } catch (AccessDeniedException | ReadOnlyFileSystemException e) {
      throw new Refusal("the database file cannot be made; make its folder writable", e);
    } catch (FileSystemException e) {
      throw new Refusal("the database file cannot be made there; choose another path", e);
    } catch (IOException e) {
      throw new Refusal("the database file cannot be made; check the disk", e);
    }
    requireWritable();
  }

  private void requireWritable() throws Refusal {
    requireFile();
    if (!Files.isWritable(path)) {
      throw new Refusal(
          "the database file cannot be written; change its mode or open it read-only", null);
    }
    if (!Files.isWritable(folder())) {
      throw new Refusal(
          "the folder of the database file cannot be written, and SQLite keeps files beside it;"
              + " make it writable or open the database read-only",
          null);
    }
  }

  /** Checks that a file to be read is there. */
  void requireReadable() throws Refusal {
    if (!Files.exists(path)) {
      throw new Refusal(
          "there is no database file; check the path, or open it for writing once", null);
    }
    requireFile();
    if (!Files.isReadable(path)) {
      throw new Refusal("the database file cannot be read; change its mode", null);
    }
  }

  private Path folder() throws Refusal {
    Path folder = path.getParent();
    if (folder == null) {
      throw new Refusal("the database's path is a folder; name a file in it", null);
    }
    return folder;
  }

  private void requireFile() throws Refusal {
    if (Files.isDirectory(path)) {
      throw new Refusal("the database's path is a folder; name a file in it", null);
    }
  }

  /**
   * Whether nobody has the database open for writing: no log of SQLite stands beside it. A reader
   * that opened it in the usual way would make one, and leave it behind as its own user's file.
   */
  boolean atRest() {
    return !Files.exists(Path.of(path + "-wal"));
  }

  /** Size and time of the last change, to see afterwards that nobody wrote. */
  String state() throws IOException {
    BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
    return now.size() + " " + now.lastModifiedTime();
  }

  /** Remembers which file stands at the path now. */
  void remember() {
    key = currentKey();
  }

  /**
   * Checks that the remembered file still stands at the path. SQLite would go on writing to a file
   * that was removed or replaced, and everything would be lost at close.
   */
  void requireInPlace() throws SQLException {
    if (key != null && !Objects.equals(key, currentKey())) {
      throw new SQLTransientException(
          "the database file was removed or replaced while it was open; put it back, or restart");
    }
  }

  private @Nullable Object currentKey() {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    } catch (IOException e) {
      return null;
    }
  }

  private FileAttribute<?>[] ownerOnly() {
    boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(
              Set.copyOf(PosixFilePermissions.fromString("rw-------")))
        }
        : new FileAttribute<?>[0];
  }
}
