// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.spi.Entry;
import org.jspecify.annotations.Nullable;

/**
 * How large rows get on the way to the server: as binary parameters, or in the text of the
 * statement if a driver writes them there, with a backslash before some bytes. The bounds hold for
 * both.
 */
final class Packets {
  /** What stands around the rows: the statement's own text, and the packet's head. */
  static final int STATEMENT_BYTES = 4096;

  /** Numbers, digests, quotes and commas of a row. */
  private static final int ROW_BYTES = 768;

  /** Longer contents are looked at; of a short one each byte is taken for one to be escaped. */
  private static final int LOOKED_AT_FROM = 64 << 10;

  private Packets() {}

  /** The most bytes that a row takes in a statement. */
  static long row(Entry entry) {
    return ROW_BYTES
        + text(entry.id())
        + text(entry.origin())
        + text(entry.traceParent())
        + text(entry.traceState())
        + (entry.tombstone() ? 0 : bytes(entry.content()));
  }

  /** The most bytes that a value takes in a statement. */
  static long bytes(byte[] value) {
    if (value.length < LOOKED_AT_FROM) {
      return 2L * value.length;
    }
    long size = value.length;
    for (byte b : value) {
      size += isEscaped(b) ? 1 : 0;
    }
    return size;
  }

  private static boolean isEscaped(byte b) {
    return switch (b) {
      case 0, '\n', '\r', '\\', '\'', '"', 0x1A -> true;
      default -> false;
    };
  }

  /** Three bytes a char at most; those of them that are escaped are alone. */
  private static long text(@Nullable String value) {
    return value == null ? 0 : 3L * value.length();
  }
}
