// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.change;

import io.syncengine.change.ChangeFollower.Position;
import io.syncengine.spi.ExistenceFilter;
import io.syncengine.spi.ExistenceFilterProvider;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A filter as it is kept beside the log, with the place in the change log at which it was exact;
 * docs/data-layout.md has the bytes.
 *
 * @param at where it was exact
 * @param filter the filter
 */
record FilterSnapshot(Position at, ExistenceFilter filter) {
  /** The name that it is kept under. */
  static final String NAME = "filter";

  private static final int FORMAT = 1;
  private static final int CHUNK_BYTES = 1 << 20;

  /** The parts to keep. */
  static List<byte[]> write(Position at, String provider, ExistenceFilter filter) {
    Chunks chunks = new Chunks();
    try (DataOutputStream out = new DataOutputStream(chunks)) {
      out.writeByte(FORMAT);
      out.writeUTF(at.databaseId());
      out.writeLong(at.sequence());
      out.writeLong(at.tag());
      out.writeUTF(provider);
      filter.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot be written", e);
    }
    return chunks.whole;
  }

  /**
   * Reads what {@link #write} made.
   *
   * @throws IOException if it is damaged, or another version's or provider's
   */
  static FilterSnapshot read(List<byte[]> chunks, ExistenceFilterProvider provider)
      throws IOException {
    List<InputStream> parts = new ArrayList<>(chunks.size());
    chunks.forEach(chunk -> parts.add(new ByteArrayInputStream(chunk)));
    try (DataInputStream in =
        new DataInputStream(new SequenceInputStream(Collections.enumeration(parts)))) {
      int format = in.readUnsignedByte();
      if (format != FORMAT) {
        throw new IOException("its format is " + format + ", and " + FORMAT + " is known");
      }
      Position at = new Position(in.readUTF(), in.readLong(), in.readLong());
      String by = in.readUTF();
      if (!by.equals(provider.name())) {
        throw new IOException("it is of the provider " + by);
      }
      return new FilterSnapshot(at, provider.read(in));
    }
  }

  /** Memory in pieces, so that a large filter needs no array of its size. */
  private static final class Chunks extends OutputStream {
    final List<byte[]> whole = new ArrayList<>();
    private final ByteArrayOutputStream current = new ByteArrayOutputStream(CHUNK_BYTES);

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      int from = offset;
      int left = length;
      while (left > 0) {
        int now = Math.min(left, CHUNK_BYTES - current.size());
        current.write(bytes, from, now);
        from += now;
        left -= now;
        if (current.size() == CHUNK_BYTES) {
          cut();
        }
      }
    }

    @Override
    public void close() {
      if (current.size() > 0) {
        cut();
      }
    }

    private void cut() {
      whole.add(current.toByteArray());
      current.reset();
    }
  }
}
