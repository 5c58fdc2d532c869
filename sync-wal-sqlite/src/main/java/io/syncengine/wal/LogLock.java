// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.wal;

import io.syncengine.model.SyncEngineException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The writer's lock: an operating system lock on the side file {@code <log>.lock}, which the kernel
 * gives back when the process ends, however it ends. The file itself stays; removing it would let
 * two engines lock two files of the same name.
 *
 * <p>Concurrency: a POSIX lock belongs to the process, and closing <em>any</em> descriptor of the
 * file drops it. So the second engine of a JVM must find out before it opens the file; that is why
 * this class has static state, guarded by {@link #GUARD}: not a setting, but what this process
 * holds. Another class loader's copy of this class is told by {@link OverlappingFileLockException};
 * then the channel is kept open for good, since closing it would drop the other's lock.
 */
final class LogLock implements AutoCloseable {
  private static final ReentrantLock GUARD = new ReentrantLock();
  private static final Map<Object, LogLock> HELD = new HashMap<>();
  private static final List<FileChannel> NEVER_CLOSED = new ArrayList<>();

  private final Object key;
  private final FileChannel channel;

  private LogLock(Object key, FileChannel channel) {
    this.key = key;
    this.channel = channel;
  }

  /**
   * Takes the lock.
   *
   * @param log the log's path, without symbolic links
   * @throws SyncEngineException if another engine has it, or the side file cannot be made
   */
  static LogLock take(Path log) {
    Path file = FileModes.beside(log, ".lock");
    GUARD.lock();
    try {
      createIfAbsent(file);
      Object key = identity(file);
      if (HELD.containsKey(key)) {
        throw inUse(log);
      }
      LogLock taken = new LogLock(key, lock(file, log));
      HELD.put(key, taken);
      return taken;
    } catch (IOException e) {
      throw LogErrors.unwritable(log, e);
    } finally {
      GUARD.unlock();
    }
  }

  /** Whether an engine of this process writes a log. */
  static boolean isHeldHere(Path log) {
    Path file = FileModes.beside(log, ".lock");
    GUARD.lock();
    try {
      return Files.exists(file) && HELD.containsKey(identity(file));
    } catch (IOException e) {
      throw LogErrors.unreadable(log, e);
    } finally {
      GUARD.unlock();
    }
  }

  @Override
  public void close() {
    GUARD.lock();
    try {
      if (HELD.remove(key, this)) {
        channel.close();
      }
    } catch (IOException e) {
      // The kernel gives the lock back in any case; nobody could do more.
    } finally {
      GUARD.unlock();
    }
  }

  private static void createIfAbsent(Path file) throws IOException {
    if (Files.notExists(file)) {
      try {
        FileModes.create(file);
      } catch (FileAlreadyExistsException e) {
        // Another process was faster; its file is as good.
      }
    }
  }

  private static FileChannel lock(Path file, Path log) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      NEVER_CLOSED.add(channel);
      throw inUse(log);
    } finally {
      if (lock == null && !NEVER_CLOSED.contains(channel)) {
        channel.close();
      }
    }
    if (lock == null) {
      throw inUse(log);
    }
    return channel;
  }

  /** The file's device and inode, so that two paths of one file are one lock. */
  private static Object identity(Path file) throws IOException {
    Object key =
        Files.readAttributes(file, java.nio.file.attribute.BasicFileAttributes.class).fileKey();
    return key == null ? file.toRealPath() : key;
  }

  private static SyncEngineException inUse(Path log) {
    return new SyncEngineException(
        "the write-ahead log is in use by another engine; close that one, or give this one another"
            + " wal_path: "
            + log,
        null);
  }
}
