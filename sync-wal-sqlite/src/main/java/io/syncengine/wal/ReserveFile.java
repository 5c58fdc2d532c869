// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.wal;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * Space set aside for a full volume, the side file {@code <log>.reserve}. On a full volume SQLite
 * can neither delete nor checkpoint, since both write first; this file is removed then, and the
 * space that it gave back lets a truncation through. Its bytes are written and random, because a
 * hole takes no space and a file system that compresses would keep zeros in none.
 *
 * <p>Concurrency: it is made by whoever appends and given back by whoever meets the full volume, so
 * both are done under the monitor, a leaf that is held over the I/O on the file; {@link #held} is
 * read by anyone.
 */
final class ReserveFile {
  private static final int CHUNK = 64 << 10;

  private final Path file;
  private final long bytes;
  private volatile boolean held;

  ReserveFile(Path log, long bytes) {
    this.file = FileModes.beside(log, ".reserve");
    this.bytes = bytes;
    this.held = bytes == 0;
  }

  /** What must be left on the volume, so that the file can be made again. */
  long neededRoom() {
    return 2 * bytes;
  }

  /** Whether the space is set aside. */
  boolean held() {
    return held;
  }

  /**
   * Makes the file again if it is not there and the volume would have as much room left.
   *
   * @return whether the space is set aside
   */
  synchronized boolean ensure() {
    if (!held) {
      try {
        held = complete() || (hasRoom() && write());
      } catch (IOException e) {
        // No room after all: as if it had not been tried.
        release();
      }
    }
    return held;
  }

  /** Gives the space back to the volume. */
  synchronized void release() {
    if (bytes == 0) {
      return;
    }
    held = false;
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // It stays on disk and is taken for complete only at its full size.
    }
  }

  private boolean complete() throws IOException {
    return Files.isRegularFile(file) && Files.size(file) == bytes;
  }

  private boolean hasRoom() throws IOException {
    return Files.getFileStore(FileModes.directoryOf(file)).getUsableSpace() >= neededRoom();
  }

  // A plain stream, not a channel: an interrupted thread would find its channel closed.
  private boolean write() throws IOException {
    Files.deleteIfExists(file);
    FileModes.create(file);
    byte[] chunk = new byte[CHUNK];
    SplittableRandom random = new SplittableRandom(bytes);
    try (FileOutputStream out = new FileOutputStream(file.toFile())) {
      for (long left = bytes; left > 0; left -= chunk.length) {
        random.nextBytes(chunk);
        out.write(chunk, 0, (int) Math.min(chunk.length, left));
      }
      out.getFD().sync();
    }
    return true;
  }
}
