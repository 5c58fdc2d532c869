// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.wal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * The marks at the beginning of a SQLite file, read without SQLite. A checkpoint that a crash or a
 * full volume has cut off leaves a header that names more pages than the file has; SQLite takes the
 * others from its log, but calls the file malformed when it is to look at it without its log.
 *
 * <p>Format: <a href="https://sqlite.org/fileformat2.html#the_database_header">sqlite.org/
 * fileformat2.html, section 1.3</a>.
 *
 * @param userVersion {@code PRAGMA user_version}
 * @param applicationId {@code PRAGMA application_id}
 */
record SqliteHeader(int userVersion, int applicationId) {
  private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
  private static final int SIZE = 100;
  private static final int USER_VERSION = 60;
  private static final int APPLICATION_ID = 68;

  /**
   * Reads the marks.
   *
   * @return empty if it is no SQLite file
   */
  static Optional<SqliteHeader> read(Path file) throws IOException {
    byte[] header;
    try (InputStream in = Files.newInputStream(file)) {
      header = in.readNBytes(SIZE);
    }
    if (header.length < SIZE || !Arrays.equals(header, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      return Optional.empty();
    }
    ByteBuffer numbers = ByteBuffer.wrap(header);
    return Optional.of(
        new SqliteHeader(numbers.getInt(USER_VERSION), numbers.getInt(APPLICATION_ID)));
  }
}
