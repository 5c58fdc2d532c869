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
import java.util.stream.Stream;

/** The local files that a set of properties points at. */
final class StoreFiles {
  private static final Path DEFAULT_FOLDER = Path.of("sync-data");

  /** As the tier reads it; what it refuses is left to it. */
  private static final Pattern SQLITE = Pattern.compile("(?i)(?:jdbc:)?sqlite:(?://)?([^:?]+)");

  // Empty unless the ground truth is a SQLite file.
  private final Optional<Path> database;
  private final Optional<Path> log;

  private StoreFiles(Optional<Path> database, Optional<Path> log) {
    this.database = database;
    this.log = log;
  }

  /**
   * Finds the files.
   *
   * @param properties resolved properties
   */
  static StoreFiles of(Map<String, String> properties) {
    Matcher url = SQLITE.matcher(properties.getOrDefault("sql_url", ""));
    return new StoreFiles(
        url.matches() ? Optional.of(Path.of(url.group(1))) : Optional.empty(),
        Optional.ofNullable(properties.get("wal_path")).map(Path::of));
  }

  /** The database's file if nothing was ever written there, nor into the log. */
  Optional<Path> neverWritten() {
    return log.filter(Files::exists).isPresent()
        ? Optional.empty()
        : database.filter(Files::notExists);
  }

  /**
   * Makes the default folder, for the owner alone, if a file is to lie in it.
   *
   * @return whether it was not there before
   */
  boolean makeDefaultFolder() {
    boolean made =
        Files.notExists(DEFAULT_FOLDER)
            && Stream.of(database, log)
                .flatMap(Optional::stream)
                .anyMatch(file -> DEFAULT_FOLDER.equals(file.getParent()));
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
