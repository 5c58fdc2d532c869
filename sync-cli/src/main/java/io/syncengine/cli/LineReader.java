// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Cuts a stream into lines of bytes at line feeds, holding one line at a time. A line that is too
 * long is passed over without being held. For one thread.
 */
final class LineReader implements Closeable {
  private static final int START_SIZE = 1 << 16;

  private final InputStream in;
  private final int maxBytes;
  private byte[] buffer = new byte[START_SIZE];
  private int start; // of the line
  private int end; // of what was read
  private boolean ended;
  private int length;
  private boolean tooLong;
  private long number;

  /**
   * Makes a reader.
   *
   * @param in read to its end, and closed by {@link #close()}
   * @param maxBytes the longest line, without its line feed
   */
  LineReader(InputStream in, int maxBytes) {
    this.in = in;
    this.maxBytes = maxBytes;
  }

  /**
   * Goes to the next line.
   *
   * @return false at the end; a last line needs no line feed
   */
  boolean next() throws IOException {
    start += length; // past the line before; its line feed is part of length then
    length = 0;
    tooLong = false;
    number++;
    int searched = start;
    while (true) {
      int feed = indexOfFeed(searched);
      if (feed >= 0) {
        length = feed + 1 - start;
        tooLong |= length - 1 > maxBytes;
        return true;
      }
      if (end - start > maxBytes) {
        tooLong = true;
        start = end; // what is cut off here is never looked at
      }
      searched = fill();
      if (ended) {
        length = end - start;
        return length > 0 || tooLong;
      }
    }
  }

  /** The line's number, from 1. */
  long number() {
    return number;
  }

  /** Whether the line is longer than allowed; its bytes are not there then. */
  boolean tooLong() {
    return tooLong;
  }

  /** The array that holds the line until the next call. */
  byte[] array() {
    return buffer;
  }

  /** Where the line begins; after a byte order mark in the first one. */
  int offset() {
    return number == 1 && startsWithMark() ? start + 3 : start;
  }

  /** The line's length, without line feed and a carriage return before it. */
  int length() {
    int last = start + length;
    if (last > start && buffer[last - 1] == '\n') {
      last--;
    }
    if (last > start && buffer[last - 1] == '\r') {
      last--;
    }
    return Math.max(0, last - offset());
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private boolean startsWithMark() {
    return length >= 3
        && buffer[start] == (byte) 0xef
        && buffer[start + 1] == (byte) 0xbb
        && buffer[start + 2] == (byte) 0xbf;
  }

  private int indexOfFeed(int from) {
    for (int i = from; i < end; i++) {
      if (buffer[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  /** Reads more behind the line's bytes and returns where the new ones begin. */
  private int fill() throws IOException {
    if (start > 0) {
      System.arraycopy(buffer, start, buffer, 0, end - start);
      end -= start;
      start = 0;
    }
    if (end == buffer.length) {
      buffer = Arrays.copyOf(buffer, (int) Math.min(2L * end, maxBytes + 1L + START_SIZE));
    }
    int before = end;
    int n = in.read(buffer, end, buffer.length - end);
    if (n < 0) {
      ended = true;
    } else {
      end += n;
    }
    return before;
  }
}
