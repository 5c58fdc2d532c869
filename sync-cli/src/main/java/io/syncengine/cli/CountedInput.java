// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An input that says how much of it has been read. Read by one thread; the figures may be asked for
 * by any.
 */
final class CountedInput extends FilterInputStream {
  private final AtomicLong read = new AtomicLong();
  private final long total;

  /**
   * Counts what is read.
   *
   * @param in closed by {@link #close()}
   * @param total how many bytes there are to read; 0 if that is not known
   */
  CountedInput(InputStream in, long total) {
    super(in);
    this.total = Math.max(0, total);
  }

  /**
   * Opens a file, or stdin for {@code -}, whose size is known if a file was put there.
   *
   * @param name the file's name
   */
  static CountedInput open(String name) throws IOException {
    if (name.equals("-")) {
      FileInputStream in = new FileInputStream(FileDescriptor.in);
      return new CountedInput(in, sizeOfRest(in));
    }
    Path file = Path.of(name);
    if (Files.isDirectory(file)) {
      throw new IOException("it is a folder");
    }
    return new CountedInput(
        Files.newInputStream(file), Files.isRegularFile(file) ? Files.size(file) : 0);
  }

  /** How many bytes have been read. */
  long bytesRead() {
    return read.get();
  }

  /** How many bytes there are to read; 0 if that is not known. */
  long total() {
    return total;
  }

  @Override
  public int read() throws IOException {
    int b = in.read();
    if (b >= 0) {
      read.incrementAndGet();
    }
    return b;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int n = in.read(bytes, offset, length);
    if (n > 0) {
      read.addAndGet(n);
    }
    return n;
  }

  @Override
  public long skip(long n) throws IOException {
    long skipped = in.skip(n);
    read.addAndGet(skipped);
    return skipped;
  }

  @Override
  public boolean markSupported() {
    return false; // what is read twice would count twice
  }

  private static long sizeOfRest(FileInputStream in) {
    try {
      FileChannel channel = in.getChannel(); // not closed: the stream goes on
      return channel.size() - channel.position();
    } catch (IOException e) {
      return 0; // a pipe has neither
    }
  }
}
