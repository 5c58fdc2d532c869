// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder that the demo empties and fills. A marker file says that the folder is the demo's, and
 * a lock on it that a demo is running; only files that the demo makes are ever deleted.
 */
final class DemoFolder implements AutoCloseable {
  private static final String MARKER = "sync-demo";
  private static final String DATABASE = "items.db";
  private static final String LOG = "sync.wal";

  private final Path folder;
  private final FileChannel marker;

  private DemoFolder(Path folder, FileChannel marker) {
    this.folder = folder;
    this.marker = marker;
  }

  /**
   * Takes the folder and empties it.
   *
   * @param folder made if it is not there
   * @return the folder, to be closed
   * @throws CommandException if it holds anything that the demo has not made, or another demo runs
   */
  static DemoFolder empty(Path folder) {
    try {
      StoreFiles.makeFolder(folder);
      List<Path> files = list(folder);
      boolean marked = Files.isRegularFile(folder.resolve(MARKER), LinkOption.NOFOLLOW_LINKS);
      if (!files.isEmpty() && !(marked && files.stream().allMatch(DemoFolder::isOurs))) {
        throw CommandException.usage(
            "the demo's folder " + folder.toAbsolutePath() + " holds files that are not the demo's",
            "move them away, or run the demo in another folder");
      }
      DemoFolder taken = new DemoFolder(folder, lock(folder));
      for (Path file : files) {
        if (!file.getFileName().toString().equals(MARKER)) {
          Files.delete(file);
        }
      }
      return taken;
    } catch (IOException e) {
      throw new CommandException(
          ExitCodes.USAGE,
          "Permission",
          "cannot empty the demo's folder " + folder.toAbsolutePath(),
          "make it writable, or run the demo in another folder",
          e);
    }
  }

  String sqlUrl() {
    return "sqlite:" + folder.resolve(DATABASE);
  }

  String walPath() {
    return folder.resolve(LOG).toString();
  }

  Path path() {
    return folder;
  }

  @Override
  public void close() {
    try {
      marker.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  private static boolean isOurs(Path file) {
    String name = file.getFileName().toString();
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        && (name.equals(MARKER) || name.startsWith(DATABASE) || name.startsWith(LOG));
  }

  private static FileChannel lock(Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(
            folder.resolve(MARKER), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // as if another process held it
    }
    channel.close();
    throw CommandException.usage("another demo is running here", "wait until it has ended");
  }
}
