// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads items from NDJSON, plain or gzip: one object a line, lines ended by LF or CRLF, a byte
 * order mark at the start and blank lines passed over. For one thread.
 */
final class NdjsonReader implements Closeable {
  /** The longest line, in bytes. */
  static final int MAX_LINE_BYTES = 64 << 20;

  private final LineReader lines;
  private final LineForm form;
  private boolean ended;

  /**
   * Makes a reader.
   *
   * @param in closed by {@link #close()}
   * @param form which lines are taken
   * @throws IOException if the beginning cannot be read
   */
  NdjsonReader(InputStream in, LineForm form) throws IOException {
    this(in, form, MAX_LINE_BYTES);
  }

  NdjsonReader(InputStream in, LineForm form, int maxLineBytes) throws IOException {
    this.form = form;
    this.lines = new LineReader(Gunzip.ifZipped(in), maxLineBytes);
  }

  /**
   * The next item or refused line. Input that breaks off, such as a gzip file cut short, is one
   * refused line, the last.
   *
   * @return null at the end
   */
  @Nullable ItemLine next() {
    try {
      while (!ended && lines.next()) {
        if (lines.tooLong()) {
          return ItemLine.refused(lines.number(), "longer than 64 MiB");
        }
        if (!isBlank()) {
          return ItemParser.parse(
              form, lines.number(), lines.array(), lines.offset(), lines.length());
        }
      }
    } catch (IOException e) {
      ended = true;
      return ItemLine.refused(lines.number(), "the input breaks off: " + e.getMessage());
    }
    return null;
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }

  private boolean isBlank() {
    int end = lines.offset() + lines.length();
    for (int i = lines.offset(); i < end; i++) {
      byte b = lines.array()[i];
      if (b != ' ' && b != '\t' && b != '\r') {
        return false;
      }
    }
    return true;
  }
}
