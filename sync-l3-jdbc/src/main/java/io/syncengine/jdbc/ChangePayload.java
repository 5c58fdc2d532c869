// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.model.CorruptDataException;
import io.syncengine.model.Revision;
import io.syncengine.spi.Before;
import io.syncengine.spi.Change;
import io.syncengine.spi.Leaf;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;

/**
 * The bytes of the changes of one commit, as docs/data-layout.md gives them. Ids are sorted, so
 * each stores what it does not share with the one before; versions are close, so each stores the
 * difference; a leaf delta that follows from the new revision alone is not stored.
 */
final class ChangePayload {
  /** The first byte. */
  static final byte FORMAT = 1;

  private static final int TOMBSTONE = 1;
  private static final int BEFORE_SHIFT = 1;
  private static final int BEFORE_MASK = 3;

  /** A leaf delta follows although no value was there before. */
  private static final int DELTA = 8;

  private static final int LONGEST_VARINT = 10;
  private static final int CRC_BYTES = 4;
  private static final Before.State[] STATES = {
    Before.State.ABSENT, Before.State.LIVE, Before.State.TOMBSTONE
  };

  private ChangePayload() {}

  /**
   * The bytes of changes.
   *
   * @param deltas whether the leaf deltas are stored also where no value was there before, since
   *     they do not follow from the new revisions
   */
  static byte[] encode(List<Change> changes, boolean deltas) {
    byte[][] ids = new byte[changes.size()][];
    int most = 1 + LONGEST_VARINT + CRC_BYTES;
    for (int i = 0; i < ids.length; i++) {
      ids[i] = changes.get(i).id().getBytes(StandardCharsets.UTF_8);
      most += 1 + 3 * LONGEST_VARINT + ids[i].length + Revision.HASH_BYTES + Leaf.BYTES;
    }
    ByteBuffer out = ByteBuffer.allocate(most);
    out.put(FORMAT);
    putVarint(out, ids.length);
    byte[] previousId = new byte[0];
    long previousVersion = 0;
    for (int i = 0; i < ids.length; i++) {
      Change change = changes.get(i);
      putChange(out, change, deltas, ids[i], previousId, previousVersion);
      previousId = ids[i];
      previousVersion = change.revision().version();
    }
    out.putInt(crc(out.array(), out.position()));
    byte[] bytes = new byte[out.position()];
    System.arraycopy(out.array(), 0, bytes, 0, bytes.length);
    return bytes;
  }

  private static void putChange(
      ByteBuffer out,
      Change change,
      boolean deltas,
      byte[] id,
      byte[] previousId,
      long previousVersion) {
    Revision revision = change.revision();
    int flags = stateNumber(change.before()) << BEFORE_SHIFT;
    boolean more = deltas && change.before() != Before.State.LIVE;
    if (more) {
      flags |= DELTA;
    }
    out.put((byte) (revision.tombstone() ? flags | TOMBSTONE : flags));
    int shared = sharedLength(previousId, id);
    putVarint(out, shared);
    putVarint(out, id.length - shared);
    out.put(id, shared, id.length - shared);
    putVarint(out, zigzag(revision.version() - previousVersion));
    if (!revision.tombstone()) {
      out.put(revision.contentHash());
    }
    if (more || change.before() == Before.State.LIVE) {
      out.put(change.leafDelta());
    }
  }

  /**
   * Reads a payload.
   *
   * @throws CorruptDataException if it is not what {@link #encode} made
   */
  static List<Change> decode(byte[] bytes) {
    int end = bytes.length - CRC_BYTES;
    if (end < 2 || ByteBuffer.wrap(bytes).getInt(end) != crc(bytes, end)) {
      throw corrupt("its checksum");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes, 0, end);
    if (in.get() != FORMAT) {
      throw corrupt("format " + FORMAT);
    }
    try {
      int count = Math.toIntExact(varint(in));
      List<Change> changes = new ArrayList<>();
      byte[] id = new byte[0];
      long version = 0;
      for (int i = 0; i < count; i++) {
        int flags = in.get();
        id = id(in, id);
        version += unzigzag(varint(in));
        changes.add(change(in, flags, new String(id, StandardCharsets.UTF_8), version));
      }
      return changes;
    } catch (BufferUnderflowException | ArithmeticException | IndexOutOfBoundsException e) {
      throw corrupt("whole entries");
    }
  }

  private static Change change(ByteBuffer in, int flags, String id, long version) {
    Before.State before = STATES[(flags >> BEFORE_SHIFT) & BEFORE_MASK];
    Revision revision =
        (flags & TOMBSTONE) != 0
            ? Revision.ofTombstone(version)
            : Revision.ofValue(version, bytes(in, Revision.HASH_BYTES));
    boolean stored = before == Before.State.LIVE || (flags & DELTA) != 0;
    byte[] delta = stored ? bytes(in, Leaf.BYTES) : Leaf.of(id, revision);
    return new Change(id, revision, before, delta);
  }

  private static byte[] id(ByteBuffer in, byte[] previous) {
    int shared = Math.toIntExact(varint(in));
    int rest = Math.toIntExact(varint(in));
    byte[] id = new byte[Math.addExact(shared, rest)];
    System.arraycopy(previous, 0, id, 0, shared);
    in.get(id, shared, rest);
    return id;
  }

  private static byte[] bytes(ByteBuffer in, int length) {
    byte[] result = new byte[length];
    in.get(result);
    return result;
  }

  private static int stateNumber(Before.State state) {
    return switch (state) {
      case ABSENT -> 0;
      case LIVE -> 1;
      case TOMBSTONE -> 2;
    };
  }

  private static int sharedLength(byte[] a, byte[] b) {
    int mismatch = Arrays.mismatch(a, b);
    return mismatch < 0 ? a.length : mismatch;
  }

  private static long zigzag(long v) {
    return v << 1 ^ v >> 63;
  }

  private static long unzigzag(long v) {
    return (v >>> 1) ^ -(v & 1);
  }

  private static void putVarint(ByteBuffer out, long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.put((byte) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    out.put((byte) rest);
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte b = in.get();
      value |= (b & 0x7FL) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new ArithmeticException("a number without end");
  }

  private static int crc(byte[] bytes, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  private static CorruptDataException corrupt(String expected) {
    return new CorruptDataException(
        "a row of the change log is damaged; restore the database from a backup",
        null,
        expected,
        "other bytes");
  }
}
