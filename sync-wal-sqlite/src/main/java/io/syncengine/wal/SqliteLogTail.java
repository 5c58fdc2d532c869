// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.wal;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Looks at SQLite's own log ({@code <log>-wal}) before SQLite does, and tells a torn tail from
 * damage in the middle. SQLite cannot: it takes the first frame that fails its checksum for the
 * end, and what was committed behind it is gone without a word.
 *
 * <p>How they are told apart: a commit is on disk (fsync) before the next one is begun. So if the
 * frame that fails belongs to a transaction behind which another one was written, it was whole
 * once. If nothing was written behind it, it is what a crash leaves of a commit that was never
 * acknowledged. A last transaction that was whole and was damaged later cannot be told from that.
 *
 * <p>Format: <a href="https://sqlite.org/fileformat2.html#walformat">sqlite.org/fileformat2.html,
 * section 4</a>. POSIX locks lie on the main file and on {@code -shm}, never on this one, so it may
 * be opened and closed here.
 */
final class SqliteLogTail {
  /** What SQLite's log ends with. */
  enum Finding {
    /** The end of the last commit. */
    WHOLE,
    /** The beginning of a commit that was never acknowledged; SQLite leaves it out. */
    TORN,
    /** Commits that were on disk lie behind a frame that is not what was written. */
    DAMAGED
  }

  private static final int HEADER = 32;
  private static final int FRAME = 24;
  private static final int MAGIC = 0x377f0682;
  private static final int MAX_PAGE = 65_536;

  private final ByteBuffer header;
  private final DataInputStream in;
  private int sum1;
  private int sum2;

  private SqliteLogTail(ByteBuffer header, DataInputStream in) {
    this.header = header;
    this.in = in;
  }

  static Finding examine(Path sqliteLog) throws IOException {
    if (Files.notExists(sqliteLog) || Files.size(sqliteLog) < HEADER + FRAME) {
      return Finding.WHOLE;
    }
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(sqliteLog), 1 << 16))) {
      ByteBuffer header = ByteBuffer.allocate(HEADER);
      in.readFully(header.array());
      return new SqliteLogTail(header, in).examine(Files.size(sqliteLog) - HEADER);
    }
  }

  private Finding examine(long bytes) throws IOException {
    int pageSize = header.getInt(8);
    boolean known = (header.getInt(0) & ~1) == MAGIC && pageSize >= 512 && pageSize <= MAX_PAGE;
    if (!known || !holds(header, 0, HEADER - 8)) {
      // 32 bytes in one sector, synced before the first frame is written: no crash tears them.
      return Finding.DAMAGED;
    }
    ByteBuffer frame = ByteBuffer.allocate(FRAME + pageSize);
    boolean ended = false;
    boolean uncommitted = false;
    boolean commitBehindEnd = false;
    for (long left = bytes / frame.capacity(); left > 0; left--) {
      in.readFully(frame.array());
      boolean commit = frame.getInt(4) != 0;
      boolean thisGeneration = frame.getLong(8) == header.getLong(16);
      ended = ended || !thisGeneration || !holds(frame, pageSize);
      if (!ended) {
        uncommitted = !commit;
      } else if (thisGeneration) {
        if (commitBehindEnd) {
          return Finding.DAMAGED;
        }
        commitBehindEnd = commit;
        uncommitted = true;
      }
    }
    return uncommitted ? Finding.TORN : Finding.WHOLE;
  }

  private boolean holds(ByteBuffer frame, int pageSize) {
    add(frame, 0, 8);
    return holds(frame, FRAME, pageSize, 16);
  }

  private boolean holds(ByteBuffer b, int from, int length) {
    return holds(b, from, length, from + length);
  }

  private boolean holds(ByteBuffer b, int from, int length, int sumsAt) {
    add(b, from, length);
    return b.getInt(sumsAt) == sum1 && b.getInt(sumsAt + 4) == sum2;
  }

  /** Continues the running checksum, whose byte order the magic number gives. */
  private void add(ByteBuffer b, int from, int length) {
    b.order((header.getInt(0) & 1) == 1 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    for (int i = from; i < from + length; i += 8) {
      sum1 += b.getInt(i) + sum2;
      sum2 += b.getInt(i + 4) + sum1;
    }
    b.order(ByteOrder.BIG_ENDIAN);
  }
}
