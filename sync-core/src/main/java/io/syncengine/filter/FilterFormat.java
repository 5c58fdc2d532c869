// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.filter;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The serial form of a filter ({@code docs/data-layout.md}), written and read in pieces. Nothing
 * that it says of its size is believed before as many bytes have come.
 */
final class FilterFormat {
  /** "SYCF". */
  private static final int MAGIC = 0x53594346;

  private static final byte VERSION = 1;
  private static final int HEADER = 4 + 1 + 8 + 4;
  private static final int PIECE = 8192; // words

  private FilterFormat() {}

  static void write(long[] words, long count, OutputStream out) throws IOException {
    byte[] header = new byte[HEADER];
    ByteBuffer.wrap(header).putInt(MAGIC).put(VERSION).putLong(count).putInt(words.length);
    CRC32C crc = new CRC32C();
    crc.update(header);
    out.write(header);
    byte[] piece = new byte[Long.BYTES * Math.min(PIECE, words.length)];
    for (int from = 0; from < words.length; from += PIECE) {
      int length = Math.min(PIECE, words.length - from);
      ByteBuffer.wrap(piece).asLongBuffer().put(words, from, length);
      crc.update(piece, 0, Long.BYTES * length);
      out.write(piece, 0, Long.BYTES * length);
    }
    out.write(ByteBuffer.allocate(Integer.BYTES).putInt((int) crc.getValue()).array());
  }

  static CuckooFilter read(InputStream in) throws IOException {
    CRC32C crc = new CRC32C();
    byte[] bytes = new byte[HEADER];
    read(in, bytes, HEADER);
    crc.update(bytes);
    ByteBuffer header = ByteBuffer.wrap(bytes);
    if (header.getInt() != MAGIC) {
      throw new IOException("not a cuckoo filter: it begins with other bytes");
    }
    byte version = header.get();
    if (version != VERSION) {
      throw new IOException("a cuckoo filter of an unknown format: " + version);
    }
    long count = header.getLong();
    int buckets = header.getInt();
    if (buckets < 2 || buckets > CuckooFilter.MOST_BUCKETS || buckets % 2 != 0) {
      throw new IOException("a cuckoo filter cannot have " + buckets + " buckets");
    }
    long[] words = readWords(in, buckets, crc);
    byte[] sum = new byte[Integer.BYTES];
    read(in, sum, Integer.BYTES);
    if (ByteBuffer.wrap(sum).getInt() != (int) crc.getValue()) {
      throw new IOException("the cuckoo filter is damaged: its bytes have another checksum");
    }
    if (Arrays.stream(words).map(Fingerprints::taken).sum() != count) {
      throw new IOException("the cuckoo filter does not hold the " + count + " ids that it says");
    }
    return new CuckooFilter(words, count);
  }

  private static long[] readWords(InputStream in, int buckets, CRC32C crc) throws IOException {
    byte[] piece = new byte[Long.BYTES * Math.min(PIECE, buckets)];
    long[] words = new long[Math.min(PIECE, buckets)];
    for (int from = 0; from < buckets; from += PIECE) {
      int length = Math.min(PIECE, buckets - from);
      if (from + length > words.length) {
        words = Arrays.copyOf(words, (int) Math.min(2L * words.length, buckets));
      }
      read(in, piece, Long.BYTES * length);
      crc.update(piece, 0, Long.BYTES * length);
      ByteBuffer.wrap(piece).asLongBuffer().get(words, from, length);
    }
    return words;
  }

  private static void read(InputStream in, byte[] into, int length) throws IOException {
    if (in.readNBytes(into, 0, length) < length) {
      throw new IOException("the cuckoo filter is cut off");
    }
  }
}
