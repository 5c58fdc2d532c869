// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.zip.GZIPInputStream;

/** Tells gzip from plain input by its first two bytes. */
final class Gunzip {
  private static final int BUFFER = 1 << 16;

  private Gunzip() {}

  /**
   * The plain bytes.
   *
   * @param in plain or gzip, also of several members
   * @return a stream that closes {@code in}
   */
  static InputStream ifZipped(InputStream in) throws IOException {
    PushbackInputStream source = new MoreToCome(in);
    byte[] magic = source.readNBytes(2);
    source.unread(magic);
    boolean zipped = magic.length == 2 && magic[0] == (byte) 0x1f && magic[1] == (byte) 0x8b;
    return zipped ? new GZIPInputStream(source, BUFFER) : source;
  }

  /**
   * GZIPInputStream looks for another member only if {@code available()} says that there is more; a
   * pipe whose writer is slow says 0 and would be cut off in silence. This one waits to know.
   */
  private static final class MoreToCome extends PushbackInputStream {
    MoreToCome(InputStream in) {
      super(in, 2);
    }

    @Override
    public int available() throws IOException {
      int next = read();
      if (next < 0) {
        return 0;
      }
      unread(next);
      return Math.max(1, super.available());
    }
  }
}
