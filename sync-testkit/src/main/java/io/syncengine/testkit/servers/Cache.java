// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A folder that outlives the run, for what takes long to make: unpacked servers and initialised
 * data folders. {@code sync.servers.cache} names it; else it is in the user's temporary folder.
 */
// Each entry is made beside its place and moved there when it is complete, by one thread of one
// process at a time: `synchronized` keeps threads apart, a file lock processes. The lock ends with
// its process, whatever is half made then is deleted by the next.
final class Cache {
  private static final Duration BOUND = Duration.ofMinutes(3);
  private static final String LIST = ".files";

  private final Path root;

  /** Makes an entry. */
  interface Filler {
    void fill(Path folder) throws IOException, UnavailableException;
  }

  Cache(Path root) {
    this.root = root;
  }

  /**
   * The cache of this user on this machine.
   *
   * @throws IOException if the folder belongs to another user, whose programs nobody should run
   */
  static Cache ofUser() throws IOException {
    String named = System.getProperty("sync.servers.cache");
    String user = System.getProperty("user.name").replaceAll("[^A-Za-z0-9._-]", "_");
    Path root =
        named == null
            ? Path.of(System.getProperty("java.io.tmpdir"), "sync-servers-" + user)
            : Path.of(named);
    root = root.toAbsolutePath();
    Files.createDirectories(
        root, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path own = Files.createTempFile(root, "owner", "");
    boolean mine = Files.getOwner(own).equals(Files.getOwner(root, LinkOption.NOFOLLOW_LINKS));
    Files.delete(own);
    if (!mine) {
      throw new IOException(
          "the folder belongs to another user; name one with -Dsync.servers.cache: " + root);
    }
    return new Cache(root);
  }

  /** A new folder that is not kept: it is for whoever asked to delete it. */
  Path scratch(String name) throws IOException {
    return Files.createTempDirectory(root, "run-" + name + "-");
  }

  /**
   * An entry, made now if it is not there.
   *
   * @param name its name; says everything on which the contents depend
   * @return a folder that nobody changes
   */
  Path entry(String name, Filler filler) throws IOException, UnavailableException {
    Path entry = root.resolve(name);
    synchronized (Cache.class) {
      try (FileChannel channel =
              FileChannel.open(
                  root.resolve(name + ".lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock lock = lock(channel)) {
        if (!lock.isValid() || !complete(entry)) {
          make(entry, filler);
        }
      }
    }
    return entry;
  }

  private static FileLock lock(FileChannel channel) throws IOException {
    long end = System.nanoTime() + BOUND.toNanos();
    FileLock lock = channel.tryLock();
    while (lock == null) {
      if (System.nanoTime() - end > 0) {
        throw new IOException("another process has been making the same entry for " + BOUND);
      }
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
      lock = channel.tryLock();
    }
    return lock;
  }

  /** Files of an unused temporary folder get deleted one by one, so each of them is looked for. */
  private static boolean complete(Path entry) throws IOException {
    Path list = entry.resolve(LIST);
    return Files.exists(list)
        && Files.readAllLines(list).stream()
            .allMatch(file -> Files.exists(entry.resolve(file), LinkOption.NOFOLLOW_LINKS));
  }

  private static void make(Path entry, Filler filler) throws IOException, UnavailableException {
    Path part = entry.resolveSibling(entry.getFileName() + ".part");
    Folders.delete(part);
    Folders.delete(entry);
    Files.createDirectory(part);
    filler.fill(part);
    try (Stream<Path> files = Files.walk(part)) {
      List<String> list =
          files
              .filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
              .map(file -> part.relativize(file).toString())
              .collect(Collectors.toList());
      Files.write(part.resolve(LIST), list);
    }
    Files.move(part, entry, StandardCopyOption.ATOMIC_MOVE);
  }
}
