// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.wal;

import io.syncengine.spi.Entry;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The bytes of a commit group, big-endian; {@code docs/data-layout.md} holds the table. The head is
 * a format byte, the number of entries, and for each its offset, length and CRC-32C in the body;
 * then a CRC-32C over group number, ceiling and head. Each entry's CRC covers group number and
 * index too, so an entry that is read alone proves that it is the one asked for.
 *
 * @param head the index
 * @param body the entries, one after the other
 */
@SuppressWarnings("ArrayRecordComponent") // two arrays on their way to a row, compared by nobody
record GroupFormat(byte[] head, byte[] body) {
  private static final int RECORDS = 1 + 4;

  /** The length of an entry's record: offset, length, CRC. */
  static final int RECORD = 4 + 4 + 4;

  private static final byte FORMAT = 1;

  /** The length of a checksum. */
  static final int CRC = 4;

  // SQLite's limit for a blob is 10^9 bytes.
  private static final long MAX_BODY = 1_000_000_000;

  /** The bytes are not what was written. */
  static final class DamagedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String found;

    DamagedException(String found) {
      super(found);
      this.found = found;
    }

    /** What is there instead. */
    String found() {
      return found;
    }
  }

  /** Where an entry's record stands in the head. */
  static long recordAt(int index) {
    return RECORDS + (long) RECORD * index;
  }

  /**
   * Encodes a group.
   *
   * @throws IllegalArgumentException if it is empty or over 10^9 bytes
   */
  static GroupFormat encode(long group, long ceiling, List<Entry> entries) {
    List<EntryFormat> parts = new ArrayList<>(entries.size());
    long total = 0;
    for (Entry e : entries) {
      EntryFormat part = new EntryFormat(e);
      parts.add(part);
      total += part.length();
    }
    if (parts.isEmpty() || total > MAX_BODY) {
      throw new IllegalArgumentException(
          "a commit group of "
              + parts.size()
              + " entries and "
              + total
              + " bytes; 1 entry to 10^9 bytes are possible");
    }
    ByteBuffer body = ByteBuffer.allocate((int) total);
    ByteBuffer head = ByteBuffer.allocate(RECORDS + RECORD * parts.size() + CRC);
    head.put(FORMAT).putInt(parts.size());
    for (int i = 0; i < parts.size(); i++) {
      int start = body.position();
      parts.get(i).write(body);
      int length = body.position() - start;
      head.putInt(start).putInt(length).putInt(entryCrc(group, i, body.array(), start, length));
    }
    head.putInt(headCrc(group, ceiling, head.array()));
    return new GroupFormat(head.array(), body.array());
  }

  /** Decodes all entries of a group. */
  List<Entry> decode(long group, long ceiling) throws DamagedException {
    if (head == null || body == null) {
      throw new DamagedException("no bytes");
    }
    ByteBuffer in = ByteBuffer.wrap(head);
    if (head.length < RECORDS + CRC
        || in.getInt(head.length - CRC) != headCrc(group, ceiling, head)) {
      throw new DamagedException("an index with another checksum");
    }
    if (in.get() != FORMAT) {
      throw new DamagedException("an unknown format");
    }
    int count = in.getInt();
    List<Entry> entries = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int start = in.getInt();
      int length = in.getInt();
      if (length < 0 || start < 0 || start > body.length - length) {
        throw new DamagedException("too few bytes");
      }
      entries.add(decode(group, i, in.getInt(), body, start, length));
    }
    return entries;
  }

  /** Decodes one entry that was read alone. */
  static Entry decodeOne(long group, int index, int crc, byte[] bytes) throws DamagedException {
    return decode(group, index, crc, bytes, 0, bytes.length);
  }

  private static Entry decode(long group, int index, int crc, byte[] bytes, int start, int length)
      throws DamagedException {
    if (crc != entryCrc(group, index, bytes, start, length)) {
      throw new DamagedException("an entry with another checksum");
    }
    try {
      return EntryFormat.read(ByteBuffer.wrap(bytes, start, length));
    } catch (BufferUnderflowException | IllegalArgumentException | IllegalStateException e) {
      throw new DamagedException("an entry that is malformed");
    }
  }

  private static int entryCrc(long group, int index, byte[] bytes, int start, int length) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(12).putLong(group).putInt(index).flip());
    crc.update(bytes, start, length);
    return (int) crc.getValue();
  }

  private static int headCrc(long group, long ceiling, byte[] head) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(16).putLong(group).putLong(ceiling).flip());
    crc.update(head, 0, head.length - CRC);
    return (int) crc.getValue();
  }
}
