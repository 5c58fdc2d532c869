// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

import java.util.Comparator;
import java.util.Objects;

/**
 * The rules for item ids: 1 to {@value #MAX_BYTES} bytes of UTF-8, no control characters, no
 * unpaired surrogates, compared byte by byte. Stateless; safe from any thread.
 *
 * @since 0.1
 */
public final class ItemId {
  /** The longest id, in UTF-8 bytes. */
  public static final int MAX_BYTES = 512;

  /**
   * The order of ids by their UTF-8 bytes, unsigned. {@link String#compareTo} orders by UTF-16 unit
   * and puts supplementary characters before U+E000, which no database does.
   */
  public static final Comparator<String> BYTE_ORDER = ItemId::compareBytes;

  private ItemId() {}

  /**
   * Checks an id.
   *
   * @param id the id to check
   * @return the same id
   * @throws NullPointerException if {@code id} is null
   * @throws IllegalArgumentException if it is empty, over {@value #MAX_BYTES} bytes of UTF-8, or
   *     has a control character or an unpaired surrogate; the message gives the position, never the
   *     id, which may be personal data
   */
  public static String requireValid(String id) {
    Objects.requireNonNull(id, "id");
    int length = id.length();
    if (length == 0) {
      throw new IllegalArgumentException("id is empty; an id has 1 to 512 bytes of UTF-8");
    }
    int bytes = 0;
    for (int i = 0; i < length; i++) {
      char c = id.charAt(i);
      if (c < 0x80) {
        if (c < 0x20 || c == 0x7f) {
          throw illegal("a control character", i);
        }
        bytes++;
      } else if (c < 0x800) {
        if (c < 0xa0) {
          throw illegal("a control character", i);
        }
        bytes += 2;
      } else if (Character.isSurrogate(c)) {
        if (!Character.isHighSurrogate(c)
            || i + 1 == length
            || !Character.isLowSurrogate(id.charAt(i + 1))) {
          throw illegal("an unpaired surrogate", i);
        }
        i++;
        bytes += 4;
      } else {
        bytes += 3;
      }
    }
    if (bytes > MAX_BYTES) {
      throw new IllegalArgumentException(
          "id has " + bytes + " bytes of UTF-8; at most " + MAX_BYTES + " are allowed");
    }
    return id;
  }

  private static IllegalArgumentException illegal(String what, int index) {
    return new IllegalArgumentException("id has " + what + " at index " + index);
  }

  private static int compareBytes(String a, String b) {
    int shared = Math.min(a.length(), b.length());
    for (int i = 0; i < shared; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        return Integer.compare(byteRank(x), byteRank(y));
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  /** Moves surrogates behind the rest of the basic plane, where their code points belong. */
  private static int byteRank(char c) {
    return Character.isSurrogate(c) ? c + 0x10000 : c;
  }
}
