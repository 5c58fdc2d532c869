// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.syncengine.model.CorruptDataException;
import io.syncengine.model.Revision;
import io.syncengine.spi.Entry;
import io.syncengine.spi.Header;
import io.syncengine.spi.Leaf;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an entry in Redis, as docs/data-layout.md gives them. What scripts compare stands at
 * fixed places: a revision is {@value #REVISION_BYTES} bytes that order as revisions do, if they
 * are compared as unsigned bytes.
 */
final class Envelope {
  /** The first byte. */
  static final byte FORMAT = 1;

  /** Version, kind, content hash. */
  static final int REVISION_BYTES = Long.BYTES + 1 + Revision.HASH_BYTES;

  private static final byte VALUE = 0;
  private static final byte TOMBSTONE = 1;
  private static final byte[] NO_HASH = new byte[Revision.HASH_BYTES];
  private static final int FIXED_BYTES = REVISION_BYTES + Leaf.BYTES + 1 + 1 + Long.BYTES;
  private static final int NULL = 0xFFFF;

  /** The fixed part after the format: change sequence, revision, leaf, two bytes, the time. */
  static final int HEADER_BYTES = Long.BYTES + FIXED_BYTES;

  /** Three texts that are none: no envelope has less after its header. */
  static final int LEAST_REST = 3 * Short.BYTES;

  private Envelope() {}

  /** All but format and change sequence, which the script that writes puts before it. */
  static byte[] encode(Entry entry) {
    return encode(entry, 0, 0);
  }

  /** The same, with room for so many bytes before and after it. */
  static byte[] encode(Entry entry, int before, int after) {
    byte[] origin = utf8(entry.origin());
    byte[] traceParent = utf8(entry.traceParent());
    byte[] traceState = utf8(entry.traceState());
    byte[] content = entry.content();
    int texts = length(origin) + length(traceParent) + length(traceState);
    ByteBuffer out = ByteBuffer.allocate(before + FIXED_BYTES + texts + content.length + after);
    out.position(before);
    putRevision(out, entry.revision());
    out.put(Leaf.of(entry.id(), entry.revision()));
    out.put(entry.codec()).put(entry.mergeType()).putLong(entry.acceptedAtMillis());
    putText(out, origin);
    putText(out, traceParent);
    putText(out, traceState);
    return out.put(content).array();
  }

  /** A revision alone. */
  static byte[] encode(Revision revision) {
    ByteBuffer out = ByteBuffer.allocate(REVISION_BYTES);
    putRevision(out, revision);
    return out.array();
  }

  /**
   * Reads what a script has written.
   *
   * @throws CorruptDataException if it is no envelope of this format
   */
  static Entry decode(String id, byte[] bytes) {
    if (bytes.length == 0 || bytes[0] != FORMAT) {
      throw corrupt(id, "another format");
    }
    return decode(id, ByteBuffer.wrap(bytes, 1, bytes.length - 1));
  }

  /** Reads what comes after the format, up to the end of the buffer. */
  static Entry decode(String id, ByteBuffer in) {
    try {
      long sequence = in.getLong();
      Revision revision = revision(id, in);
      in.position(in.position() + Leaf.BYTES);
      byte codec = in.get();
      Entry.Builder entry =
          Entry.builder(id).mergeType(in.get()).acceptedAtMillis(in.getLong()).sequence(sequence);
      entry.origin(text(in)).trace(text(in), text(in));
      byte[] content = new byte[in.remaining()];
      in.get(content);
      return revision.tombstone()
          ? entry.tombstone(revision).build()
          : entry.value(revision, codec, content).build();
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw corrupt(id, in.limit() + " bytes");
    }
  }

  /**
   * Reads the header of what is held, from what comes after the format.
   *
   * @param in at the change sequence; at least {@value #HEADER_BYTES} bytes
   * @throws CorruptDataException if it is none
   */
  static Header header(String id, ByteBuffer in) {
    in.getLong();
    Revision revision = revision(id, in);
    byte[] leaf = new byte[Leaf.BYTES];
    in.get(leaf);
    in.getShort(); // codec and merge type
    return new Header(id, revision, in.getLong(), leaf);
  }

  /** Reads the header of an item of a ground truth from the front of its envelope. */
  static Header stored(String id, byte[] front) {
    try {
      if (front.length > HEADER_BYTES && front[0] == FORMAT) {
        return header(id, ByteBuffer.wrap(front, 1, HEADER_BYTES));
      }
    } catch (CorruptDataException e) {
      // Said below: nobody can tell what it was.
      return damaged(id);
    }
    return damaged(id);
  }

  private static Header damaged(String id) {
    return new Header(id, null, 0, new byte[Leaf.BYTES]);
  }

  /** Reads a revision at the buffer's position. */
  static Revision revision(@Nullable String id, ByteBuffer in) {
    long version = in.getLong();
    byte kind = in.get();
    byte[] hash = new byte[Revision.HASH_BYTES];
    in.get(hash);
    if (version < 1 || (kind != VALUE && kind != TOMBSTONE)) {
      throw corrupt(id, "version " + version + " and kind " + kind);
    }
    return kind == TOMBSTONE ? Revision.ofTombstone(version) : Revision.ofValue(version, hash);
  }

  private static void putRevision(ByteBuffer out, Revision revision) {
    out.putLong(revision.version());
    out.put(revision.tombstone() ? TOMBSTONE : VALUE);
    out.put(revision.tombstone() ? NO_HASH : revision.contentHash());
  }

  private static byte @Nullable [] utf8(@Nullable String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  private static int length(byte @Nullable [] text) {
    return Short.BYTES + (text == null ? 0 : text.length);
  }

  private static void putText(ByteBuffer out, byte @Nullable [] text) {
    if (text == null) {
      out.putShort((short) NULL);
    } else {
      out.putShort((short) text.length).put(text);
    }
  }

  private static @Nullable String text(ByteBuffer in) {
    int length = in.getShort() & 0xFFFF;
    if (length == NULL) {
      return null;
    }
    byte[] text = new byte[length];
    in.get(text);
    return new String(text, StandardCharsets.UTF_8);
  }

  private static CorruptDataException corrupt(@Nullable String id, String actual) {
    return new CorruptDataException(
        "a value in Redis is not one of this version of the engine; restore its key from a backup,"
            + " or delete it and write the item again",
        id,
        "an envelope of format " + FORMAT,
        actual);
  }
}
