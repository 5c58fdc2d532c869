// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.wal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Files that only their owner can read, whatever the umask: the mode is given when the file is
 * made, so there is no moment at which it is looser. SQLite gives its side files the mode of the
 * main file. Where the file system has no POSIX modes, its own rules hold.
 */
final class FileModes {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private FileModes() {}

  /** A side file's path. */
  static Path beside(Path file, String suffix) {
    return file.resolveSibling(file.getFileName() + suffix);
  }

  /** The directory that a file is in. */
  static Path directoryOf(Path file) {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null) {
      throw LogErrors.unwritable(file, null);
    }
    return directory;
  }

  /** Makes an empty file; fails if it exists. */
  static void create(Path file) throws IOException {
    FileAttribute<?>[] mode =
        posix(directoryOf(file))
            ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
            : new FileAttribute<?>[0];
    Files.createFile(file, mode);
  }

  /** Tightens the mode of a file that may have been restored or copied. By path: opens nothing. */
  static void tighten(Path file) throws IOException {
    if (Files.exists(file)
        && posix(file)
        && !Files.getPosixFilePermissions(file).equals(OWNER_ONLY)) {
      Files.setPosixFilePermissions(file, OWNER_ONLY);
    }
  }

  private static boolean posix(Path path) {
    return Files.getFileAttributeView(path, PosixFileAttributeView.class) != null;
  }
}
