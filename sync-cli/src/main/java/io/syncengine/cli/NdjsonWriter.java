// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import io.syncengine.model.SyncItem;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Writes items as objects that {@link NdjsonReader} reads back to the same bytes: JSON content as
 * it is, any other as {@code contentBase64}.
 */
final class NdjsonWriter {
  private static final byte[] ID = ascii("{\"id\":");
  private static final byte[] CONTENT = ascii(",\"content\":");
  private static final byte[] CONTENT_BASE64 = ascii(",\"contentBase64\":\"");
  private static final byte[] QUOTE = ascii("\"");
  private static final byte[] END = ascii("}\n");

  private final Output output;

  NdjsonWriter(Output output) {
    this.output = output;
  }

  /** Writes one line. */
  void writeLine(SyncItem item) {
    write(item, END);
  }

  /** Writes an object, open at its end, and then the bytes that close it. */
  void write(SyncItem item, byte[] end) {
    byte[] content = item.content();
    output.bytes(ID);
    output.bytes(JsonText.quoted(item.id()));
    if (JsonText.fitsInLine(content)) {
      output.bytes(CONTENT);
      output.bytes(content);
    } else {
      output.bytes(CONTENT_BASE64);
      output.bytes(Base64.getEncoder().encode(content));
      output.bytes(QUOTE);
    }
    output.bytes(end);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
