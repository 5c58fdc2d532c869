// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** Checks bytes more strictly than a JSON parser does. Stateless; safe from any thread. */
final class Utf8 {
  private static final int CHUNK = 4096;

  private Utf8() {}

  /** Whether the bytes are well-formed UTF-8 without NUL and line feed. */
  static boolean isLineText(byte[] bytes, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      if (bytes[i] == 0 || bytes[i] == '\n') {
        return false;
      }
    }
    return malformedAt(bytes, offset, length) < 0;
  }

  /**
   * Where the bytes stop being well-formed UTF-8: overlong forms, encoded surrogates and code
   * points past U+10FFFF are ill-formed, which parsers let pass.
   *
   * @return an index from {@code offset} on, counted from {@code offset}; -1 if all is well
   */
  static int malformedAt(byte[] bytes, int offset, int length) {
    int i = offset;
    int end = offset + length;
    while (i < end && bytes[i] >= 0) {
      i++;
    }
    if (i == end) {
      return -1;
    }
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes, i, end - i);
    CharBuffer out = CharBuffer.allocate(CHUNK);
    CoderResult result;
    do {
      out.clear();
      result = decoder.decode(in, out, true);
    } while (result.isOverflow());
    return result.isError() ? in.position() - offset : -1;
  }
}
