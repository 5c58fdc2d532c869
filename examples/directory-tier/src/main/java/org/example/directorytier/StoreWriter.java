// SPDX-License-Identifier: AGPL-3.0-only
package org.example.directorytier;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import io.syncengine.spi.Entry;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The one writer of a store, among all threads and processes. The operating system gives its lock
 * back when the process ends, however it ends.
 */
final class StoreWriter implements AutoCloseable {
  private final Store store;
  private final Deadline deadline;
  private final FileChannel lock;
  private boolean staging;

  private StoreWriter(Store store, Deadline deadline, FileChannel lock) {
    this.store = store;
    this.deadline = deadline;
    this.lock = lock;
  }

  // region lock
  /** Waits for the lock, no longer than the call may take. */
  static StoreWriter of(Store store, Deadline deadline) throws IOException {
    FileChannel channel = FileChannel.open(store.lockFile(), CREATE, WRITE);
    try {
      while (!isTaken(channel)) {
        deadline.pause();
      }
      return new StoreWriter(store, deadline, channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static boolean isTaken(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false; // Another thread of this process has it.
    }
  }

  // endregion

  // region commit
  /** Step 1, of one entry. */
  void stage(Entry entry) throws IOException {
    if (!staging) {
      Files.createDirectory(store.staged());
      staging = true;
    }
    store.disk().write(store.staged().resolve(Store.nameOf(entry.id())), ItemFile.bytesOf(entry));
  }

  /** Step 2. With nothing staged there is nothing to commit. */
  void commit() throws IOException {
    if (staging) {
      store.disk().force(store.staged());
      Files.move(store.staged(), store.committed(), StandardCopyOption.ATOMIC_MOVE);
      store.disk().force(store.root());
    }
  }

  /** Steps 3 and 4, also of a writer that died, and an end to what it had staged. */
  void rollForward() throws IOException {
    if (Files.exists(store.committed())) {
      for (Path file : Store.list(store.committed())) {
        deadline.check();
        Path place = store.items().resolve(file.getFileName());
        Files.move(file, place, StandardCopyOption.ATOMIC_MOVE);
      }
      store.disk().force(store.items());
      Files.delete(store.committed());
    }
    if (Files.exists(store.staged())) {
      for (Path file : Store.list(store.staged())) {
        Files.delete(file);
      }
      Files.delete(store.staged());
    }
  }

  // endregion

  /** Makes the store, unless another process was faster. */
  void make(byte[] info) throws IOException {
    if (!Files.exists(store.infoFile())) {
      Files.createDirectories(store.items());
      Path whole = store.root().resolve("store.properties.new");
      store.disk().write(whole, info);
      Files.move(whole, store.infoFile(), StandardCopyOption.ATOMIC_MOVE);
      store.disk().force(store.root());
    }
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
