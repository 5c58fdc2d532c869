// SPDX-License-Identifier: AGPL-3.0-only
package org.example.directorytier;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Writes files and brings them down to the disk, so that a step is there before the next begins.
 *
 * @param forced whether to wait for the disk; else what was written survives this process, but not
 *     the operating system
 */
record Disk(boolean forced) {
  private static final boolean WINDOWS = System.getProperty("os.name").startsWith("Windows");

  /** Makes a folder that nobody but this user can look into, where the system knows of that. */
  static void makePrivate(Path folder) throws IOException {
    if (WINDOWS) {
      Files.createDirectory(folder);
    } else {
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
  }

  /** Writes a file. */
  void write(Path file, byte[] bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, CREATE, TRUNCATE_EXISTING, WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      if (forced) {
        channel.force(true);
      }
    }
  }

  /** Brings the names in a folder down to the disk; Windows does that by itself, and only so. */
  void force(Path folder) throws IOException {
    if (forced && !WINDOWS) {
      try (FileChannel channel = FileChannel.open(folder, READ)) {
        channel.force(true);
      }
    }
  }
}
