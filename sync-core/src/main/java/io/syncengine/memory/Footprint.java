// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.memory;

import io.syncengine.model.SyncItem;
import org.jspecify.annotations.Nullable;

/**
 * What an item costs in memory. {@link #OVERHEAD} was measured on a 64-bit JVM with compressed
 * references; see {@code docs/adr/0004-eviction.md}. Stateless; safe from any thread.
 */
final class Footprint {
  /** Bytes an item beyond the UTF-8 of its id and its content: policy and content hash included. */
  static final int OVERHEAD = 216;

  /** A string that travels with an item: object, array and length. */
  private static final int STRING = 40;

  private Footprint() {}

  /** The bytes that an item takes in the tier. */
  static long of(SyncItem item) {
    long bytes = (long) OVERHEAD + utf8Length(item.id()) + item.contentLength();
    return bytes + text(item.traceParent()) + text(item.traceState());
  }

  /** Whether two items of one id take the same. */
  static boolean same(SyncItem a, SyncItem b) {
    return a.contentLength() == b.contentLength()
        && text(a.traceParent()) == text(b.traceParent())
        && text(a.traceState()) == text(b.traceState());
  }

  private static int text(@Nullable String s) {
    return s == null ? 0 : STRING + s.length();
  }

  /** Ids are well formed, so a surrogate is one half of four bytes. */
  static int utf8Length(String s) {
    int bytes = s.length();
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      if (c >= 0x80) {
        bytes += c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
      }
    }
    return bytes;
  }
}
