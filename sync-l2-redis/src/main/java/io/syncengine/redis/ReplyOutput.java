// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes any reply as it is. Used by Lettuce's thread until the command is done. */
final class ReplyOutput extends CommandOutput<byte[], byte[], Object> {
  private final Deque<Frame> open = new ArrayDeque<>();

  /** A list that is being read. */
  private record Frame(List<@Nullable Object> values, int length) {
    boolean isFull() {
      return values.size() == length;
    }
  }

  // Nothing is known until a reply comes.
  @SuppressWarnings("NullAway")
  ReplyOutput() {
    super(ByteArrayCodec.INSTANCE, null);
  }

  @Override
  public void set(@Nullable ByteBuffer bytes) {
    byte[] value = null;
    if (bytes != null) {
      value = new byte[bytes.remaining()];
      bytes.get(value);
    }
    add(value);
  }

  @Override
  public void set(long integer) {
    add(integer);
  }

  @Override
  public void multi(int count) {
    if (count < 0) {
      add(null);
    } else if (count == 0) {
      add(List.of());
    } else {
      open.push(new Frame(new ArrayList<>(count), count));
    }
  }

  private void add(@Nullable Object value) {
    Object complete = value;
    while (!open.isEmpty()) {
      Frame frame = open.peek();
      frame.values.add(complete);
      if (!frame.isFull()) {
        return;
      }
      complete = open.pop().values;
    }
    output = complete;
  }
}
