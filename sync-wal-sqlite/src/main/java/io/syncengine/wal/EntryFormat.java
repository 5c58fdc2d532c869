// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.wal;

import io.syncengine.model.Revision;
import io.syncengine.spi.Entry;
import io.syncengine.spi.IdHash;
import io.syncengine.spi.Leaf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one entry, big-endian; {@code docs/data-layout.md} holds the table. What cannot be
 * derived cheaply comes first, the content last, so that a header can be read alone.
 */
final class EntryFormat {
  private static final int TOMBSTONE = 1;
  private static final int ORIGIN = 1 << 1;
  private static final int TRACE_PARENT = 1 << 2;
  private static final int TRACE_STATE = 1 << 3;
  private static final int BASE = 1 << 4;
  private static final int BASE_TOMBSTONE = 1 << 5;
  private static final int SEQUENCE = 1 << 6;
  private static final int FIXED = 1 + 1 + 1 + 8 + 8 + 8;
  private static final int HASHES = Revision.HASH_BYTES + Leaf.BYTES;

  private final Entry entry;
  private final Revision revision;
  private final byte[] id;
  private final byte @Nullable [] origin;
  private final byte @Nullable [] traceParent;
  private final byte @Nullable [] traceState;
  private final byte[] content;
  private final int flags;

  /** Prepares an entry for writing. */
  EntryFormat(Entry entry) {
    this.entry = entry;
    this.revision = entry.revision();
    this.id = entry.id().getBytes(StandardCharsets.UTF_8);
    this.origin = utf8(entry.origin());
    this.traceParent = utf8(entry.traceParent());
    this.traceState = utf8(entry.traceState());
    this.content = entry.content();
    this.flags = flags(entry);
  }

  private static int flags(Entry e) {
    int flags = e.tombstone() ? TOMBSTONE : 0;
    flags |= e.origin() != null ? ORIGIN : 0;
    flags |= e.traceParent() != null ? TRACE_PARENT : 0;
    flags |= e.traceState() != null ? TRACE_STATE : 0;
    flags |= e.sequence() != 0 ? SEQUENCE : 0;
    if (e.base() != null) {
      flags |= BASE | (e.base().tombstone() ? BASE_TOMBSTONE : 0);
    }
    return flags;
  }

  /** How many bytes {@link #write} puts. */
  long length() {
    long length = (long) FIXED + 4 + id.length + content.length;
    length += entry.tombstone() ? 0 : HASHES;
    length += size(origin) + size(traceParent) + size(traceState);
    length += entry.sequence() != 0 ? 8 : 0;
    if (entry.base() != null) {
      length += 8 + (entry.base().tombstone() ? 0 : Revision.HASH_BYTES);
    }
    return length;
  }

  void write(ByteBuffer out) {
    out.put((byte) flags).put(entry.codec()).put(entry.mergeType());
    out.putLong(entry.version()).putLong(entry.acceptedAtMillis());
    out.putLong(IdHash.of(entry.id()));
    if (!entry.tombstone()) {
      out.put(revision.contentHash()).put(Leaf.of(entry.id(), revision));
    }
    put(out, id);
    put(out, origin);
    put(out, traceParent);
    put(out, traceState);
    if (entry.sequence() != 0) {
      out.putLong(entry.sequence());
    }
    if (entry.base() != null) {
      out.putLong(entry.base().version());
      if (!entry.base().tombstone()) {
        out.put(entry.base().contentHash());
      }
    }
    out.put(content);
  }

  /** Reads what {@link #write} put; the buffer holds exactly that. */
  static Entry read(ByteBuffer in) {
    int flags = in.get();
    byte codec = in.get();
    byte mergeType = in.get();
    long version = in.getLong();
    long acceptedAt = in.getLong();
    in.position(in.position() + 8); // the hash of the id: derived again by whoever needs it
    boolean tombstone = (flags & TOMBSTONE) != 0;
    Revision revision =
        tombstone
            ? Revision.ofTombstone(version)
            : Revision.ofValue(version, bytes(in, Revision.HASH_BYTES));
    if (!tombstone) {
      in.position(in.position() + Leaf.BYTES);
    }
    Entry.Builder b = Entry.builder(text(in)).acceptedAtMillis(acceptedAt).mergeType(mergeType);
    b.origin((flags & ORIGIN) != 0 ? text(in) : null);
    String parent = (flags & TRACE_PARENT) != 0 ? text(in) : null;
    b.trace(parent, (flags & TRACE_STATE) != 0 ? text(in) : null);
    b.sequence((flags & SEQUENCE) != 0 ? in.getLong() : 0);
    b.base((flags & BASE) != 0 ? revision(in, (flags & BASE_TOMBSTONE) != 0) : null);
    return tombstone
        ? b.tombstone(revision).build()
        : b.value(revision, codec, bytes(in, in.remaining())).build();
  }

  private static Revision revision(ByteBuffer in, boolean tombstone) {
    long version = in.getLong();
    return tombstone
        ? Revision.ofTombstone(version)
        : Revision.ofValue(version, bytes(in, Revision.HASH_BYTES));
  }

  private static byte @Nullable [] utf8(@Nullable String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  private static int size(byte @Nullable [] text) {
    return text == null ? 0 : 4 + text.length;
  }

  private static void put(ByteBuffer out, byte @Nullable [] text) {
    if (text != null) {
      out.putInt(text.length).put(text);
    }
  }

  private static String text(ByteBuffer in) {
    return new String(bytes(in, in.getInt()), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(ByteBuffer in, int length) {
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }
}
