// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The local files that a set of properties points at, if it does. */
final class StoreFiles {
  private static final Path DEFAULT_FOLDER = Path.of("sync-data");

  /** As the tier reads it; what it refuses is left to it. */
  private static final Pattern SQLITE = Pattern.compile("(?i)(?:jdbc:)?sqlite:(?://)?([^:?]+)");

  private final Path database;
  private final @Nullable Path log;

  private StoreFiles(Path database, @Nullable Path log) {
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
    Matcher url = SQLITE.matcher(properties.get("sql_url"));
    if (!url.matches()) {
      return Optional.empty();
    }
    String path = url.group(1);
    String log = properties.get("wal_path");
    return Optional.of(new StoreFiles(Path.of(path), log == null ? null : Path.of(log)));
  }

  /** Whether a command has written here before. */
  boolean exist() {
    return Files.exists(database) || (log != null && Files.exists(log));
  }

  /** The database, for messages. */
  Path database() {
    return database;
  }

  /**
   * Makes the default folder, for the owner alone, if a file is to lie in it.
   *
   * @return whether it was not there before
   */
  boolean makeDefaultFolder() {
    boolean made =
        Files.notExists(DEFAULT_FOLDER)
            && (DEFAULT_FOLDER.equals(database.getParent())
                || (log != null && DEFAULT_FOLDER.equals(log.getParent())));
    if (made) {
      makeFolder(DEFAULT_FOLDER);
    }
    return made;
  }

  /** Removes the default folder if nothing lies in it. */
  static void removeEmptyDefaultFolder() {
    try {
      Files.deleteIfExists(DEFAULT_FOLDER);
    } catch (IOException e) {
      // Something lies in it: it stays.
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
