// SPDX-License-Identifier: AGPL-3.0-only
package org.example.directorytier;

import io.syncengine.model.Revision;
import io.syncengine.spi.Entry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

// region format
/**
 * The bytes of an item's file, format 1: the format, the entry's fields in the order of {@link
 * #bytesOf}, and a CRC-32 of all that. Numbers are big-endian, strings as {@link DataOutputStream}
 * writes them. Another format is another number in the first byte, so that a later release can read
 * both.
 */
final class ItemFile {
  private static final byte FORMAT = 1;

  private ItemFile() {}

  static byte[] bytesOf(Entry entry) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256 + entry.contentLength());
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeByte(FORMAT);
    out.writeUTF(entry.id());
    out.writeLong(entry.version());
    out.writeBoolean(entry.tombstone());
    out.write(entry.revision().contentHash());
    out.writeLong(entry.acceptedAtMillis());
    out.writeByte(entry.codec());
    out.writeByte(entry.mergeType());
    writeNullable(out, entry.origin());
    writeNullable(out, entry.traceParent());
    writeNullable(out, entry.traceState());
    out.write(entry.content());
    out.writeInt(crc(bytes.toByteArray(), bytes.size()));
    return bytes.toByteArray();
  }

  static Entry entryOf(byte[] bytes) throws IOException {
    int length = bytes.length - Integer.BYTES;
    if (length < 1 || crc(bytes, length) != ByteBuffer.wrap(bytes).getInt(length)) {
      throw new StoreRefusal("an item's file is damaged; restore it from a copy");
    }
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, 0, length));
    if (in.readByte() != FORMAT) {
      throw new StoreRefusal("an item's file is of a newer format; use a newer release");
    }
    Entry.Builder entry = Entry.builder(in.readUTF());
    long version = in.readLong();
    boolean tombstone = in.readBoolean();
    byte[] hash = in.readNBytes(Revision.HASH_BYTES);
    entry.acceptedAtMillis(in.readLong());
    byte codec = in.readByte();
    byte mergeType = in.readByte();
    entry.origin(readNullable(in)).trace(readNullable(in), readNullable(in));
    if (tombstone) {
      entry.tombstone(Revision.ofTombstone(version));
    } else {
      entry.value(Revision.ofValue(version, hash), codec, in.readAllBytes());
    }
    return entry.mergeType(mergeType).build();
  }

  // endregion

  private static void writeNullable(DataOutputStream out, String text) throws IOException {
    out.writeBoolean(text != null);
    if (text != null) {
      out.writeUTF(text);
    }
  }

  private static String readNullable(DataInputStream in) throws IOException {
    return in.readBoolean() ? in.readUTF() : null;
  }

  private static int crc(byte[] bytes, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
