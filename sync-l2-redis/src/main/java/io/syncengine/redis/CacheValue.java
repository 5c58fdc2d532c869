// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.syncengine.model.CorruptDataException;
import io.syncengine.model.Revision;
import io.syncengine.spi.Entry;
import io.syncengine.spi.Header;
import io.syncengine.spi.Leaf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an entry in a cache, as docs/data-layout.md gives them: an {@link Envelope} and a
 * checksum of the id and all before it, so that what was cut, changed, or put under another id is
 * not taken for a value.
 */
final class CacheValue {
  private static final byte FORMAT = 2;
  private static final int CHECKSUM_BYTES = Integer.BYTES;

  /** How much of a value {@link #header} needs; no value is shorter. */
  static final int LEAST_BYTES = 1 + Envelope.HEADER_BYTES + Envelope.LEAST_REST + CHECKSUM_BYTES;

  private CacheValue() {}

  static byte[] encode(Entry entry) {
    byte[] value = Envelope.encode(entry, 1 + Long.BYTES, CHECKSUM_BYTES);
    ByteBuffer.wrap(value)
        .put(0, FORMAT)
        .putLong(1, entry.sequence())
        .putInt(value.length - CHECKSUM_BYTES, checksum(entry.id(), value));
    return value;
  }

  /** Reads what was read from Redis; null if it is not a value of this format. */
  static @Nullable Entry decode(String id, byte[] bytes) {
    int end = bytes.length - CHECKSUM_BYTES;
    if (end < 1 || bytes[0] != FORMAT) {
      return null;
    }
    if (ByteBuffer.wrap(bytes).getInt(end) != checksum(id, bytes)) {
      return null;
    }
    try {
      return Envelope.decode(id, ByteBuffer.wrap(bytes, 1, end - 1));
    } catch (CorruptDataException e) {
      return null;
    }
  }

  /**
   * Reads the front of a value. The leaf, which is a digest of id and revision, stands in for the
   * checksum, which only the whole value can be held against.
   *
   * @param front its first {@value #LEAST_BYTES} bytes, or fewer if it is shorter
   * @return null if it is not a value of this format and id
   */
  static @Nullable Header header(String id, byte[] front) {
    if (front.length < LEAST_BYTES || front[0] != FORMAT) {
      return null;
    }
    try {
      Header header = Envelope.header(id, ByteBuffer.wrap(front, 1, front.length - 1));
      Revision revision = Objects.requireNonNull(header.revision(), "read");
      return Arrays.equals(header.leaf(), Leaf.of(id, revision)) ? header : null;
    } catch (CorruptDataException e) {
      return null;
    }
  }

  private static int checksum(String id, byte[] bytes) {
    CRC32C sum = new CRC32C();
    sum.update(id.getBytes(StandardCharsets.UTF_8));
    sum.update(bytes, 0, bytes.length - CHECKSUM_BYTES);
    return (int) sum.getValue();
  }

  /**
   * What the script is told of a drop: the sequence, and the revision that nothing may be below.
   */
  static byte[] drop(long sequence, Revision revision) {
    return ByteBuffer.allocate(Long.BYTES + Envelope.REVISION_BYTES)
        .putLong(sequence)
        .put(Envelope.encode(revision))
        .array();
  }
}
