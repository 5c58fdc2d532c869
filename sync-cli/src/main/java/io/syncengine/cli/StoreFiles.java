// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;

/** The local files that a set of properties points at, if it does. */
final class StoreFiles {
  private static final Path DEFAULT_FOLDER = Path.of("sync-data");

  private final Path database;
  private final Path log;

  private StoreFiles(Path database, Path log) {
    this.database = database;
    this.log = log;
  }

  /**
   * Finds the files.
   *
   * @param properties resolved properties
   * @return empty unless the ground truth is a SQLite file
   */
  static Optional<StoreFiles> of(Map<String, String> properties) {
    String url = properties.get("sql_url");
    url = url.startsWith("jdbc:") ? url.substring("jdbc:".length()) : url;
    if (!url.startsWith("sqlite:") || url.startsWith("sqlite::")) {
      return Optional.empty();
    }
    String path = url.substring("sqlite:".length()).replaceFirst("\\?.*", "");
    String log = properties.get("wal_path");
    return Optional.of(new StoreFiles(Path.of(path), log == null ? null : Path.of(log)));
  }

  /** Whether a command has written here before. */
  boolean exist() {
    return Files.exists(database) || log != null && Files.exists(log);
  }

  /** The database, for messages. */
  Path database() {
    return database;
  }

  /** Makes the default folder, for the owner alone, if a file is to lie in it. */
  void makeDefaultFolder() {
    if (DEFAULT_FOLDER.equals(database.getParent())
        || log != null && DEFAULT_FOLDER.equals(log.getParent())) {
      makeFolder(DEFAULT_FOLDER);
    }
  }

  /**
   * Makes a folder and those above it, for the owner alone where the file system can say so.
   *
   * @param folder may be there already
   */
  static void makeFolder(Path folder) {
    if (Files.isDirectory(folder)) {
      return;
    }
    try {
      if (folder.toAbsolutePath().getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.createDirectories(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      } else {
        Files.createDirectories(folder);
      }
    } catch (IOException e) {
      throw new CommandException(
          ExitCodes.USAGE,
          "Permission",
          "cannot make the folder " + folder.toAbsolutePath(),
          "make it writable, or go to a folder that is",
          e);
    }
  }
}
