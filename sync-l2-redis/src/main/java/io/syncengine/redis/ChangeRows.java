// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.syncengine.model.CorruptDataException;
import io.syncengine.model.Revision;
import io.syncengine.spi.Before;
import io.syncengine.spi.Change;
import io.syncengine.spi.ChangeRow;
import io.syncengine.spi.Leaf;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the entries of the stream that is the change log, as docs/data-layout.md gives them. */
final class ChangeRows {
  private static final byte[] NO_LEAF = new byte[Leaf.BYTES];
  // By number. The last is what is said of an item that was restored, whatever was there.
  private static final Before.State[] STATES = {
    Before.State.ABSENT, Before.State.LIVE, Before.State.TOMBSTONE, Before.State.ABSENT
  };
  private static final int RESTORED = 3;

  private ChangeRows() {}

  /** Reads what XRANGE has replied. */
  static List<ChangeRow> decode(List<?> entries) {
    List<ChangeRow> rows = new ArrayList<>(entries.size());
    for (Object entry : entries) {
      rows.add(row((List<?>) entry));
    }
    return rows;
  }

  private static ChangeRow row(List<?> entry) {
    String id = text((byte[]) entry.get(0));
    Map<String, byte[]> fields = new HashMap<>();
    List<?> words = (List<?>) entry.get(1);
    for (int i = 0; i + 1 < words.size(); i += 2) {
      fields.put(text((byte[]) words.get(i)), (byte[]) words.get(i + 1));
    }
    try {
      return new ChangeRow(
          Long.parseLong(id.substring(0, id.indexOf('-'))),
          ByteBuffer.wrap(field(fields, "tag")).getLong(),
          text(field(fields, "origin")),
          Long.parseLong(text(field(fields, "at"))),
          changes(ByteBuffer.wrap(field(fields, "changes"))));
    } catch (BufferUnderflowException
        | IllegalArgumentException
        | ArrayIndexOutOfBoundsException e) {
      throw corrupt("whole entries");
    }
  }

  private static List<Change> changes(ByteBuffer in) {
    List<Change> changes = new ArrayList<>();
    while (in.hasRemaining()) {
      byte[] id = bytes(in, in.getShort() & 0xFFFF);
      Revision revision = Envelope.revision(null, in);
      byte[] leaf = bytes(in, Leaf.BYTES);
      int number = in.get();
      Before.State before = STATES[number];
      byte[] leafBefore =
          before == Before.State.LIVE || number == RESTORED ? bytes(in, Leaf.BYTES) : NO_LEAF;
      changes.add(new Change(text(id), revision, before, Leaf.delta(leafBefore, leaf)));
    }
    return changes;
  }

  private static byte[] field(Map<String, byte[]> fields, String name) {
    byte[] value = fields.get(name);
    if (value == null) {
      throw corrupt("the field " + name);
    }
    return value;
  }

  private static byte[] bytes(ByteBuffer in, int length) {
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  private static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }

  private static CorruptDataException corrupt(String expected) {
    return new CorruptDataException(
        "a row of the change log in Redis is damaged; restore it from a backup",
        null,
        expected,
        "other bytes");
  }
}
