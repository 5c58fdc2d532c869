// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc.histories;

import io.syncengine.jdbc.histories.Read.Answer;
import io.syncengine.model.Ack;
import io.syncengine.model.Revision;
import io.syncengine.model.Source;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Where an instance writes what it was asked and has answered. Each line is one write to the file,
 * which the operating system has then: it is there if the process is killed. Safe from any thread.
 */
final class HistoryFile implements AutoCloseable {
  private final FileOutputStream out;
  private final AtomicLong calls = new AtomicLong();

  HistoryFile(Path file) throws IOException {
    this.out = new FileOutputStream(file.toFile(), true);
  }

  /** A number for the next call. */
  long call() {
    return calls.incrementAndGet();
  }

  /** Before a write is called. */
  void writes(long call, long begin, String id, String hash) {
    say("W " + call + ' ' + begin + ' ' + id + ' ' + hash);
  }

  void acknowledged(long call, long end, Revision revision, Ack level) {
    say("A " + call + ' ' + end + ' ' + History.text(revision) + ' ' + level);
  }

  void refused(long call, long end) {
    say("X " + call + ' ' + end);
  }

  void read(
      long call,
      long begin,
      long end,
      String id,
      Answer answer,
      @Nullable Revision revision,
      @Nullable Source source,
      boolean fresh) {
    say(
        "R "
            + call
            + ' '
            + begin
            + ' '
            + end
            + ' '
            + id
            + ' '
            + answer
            + ' '
            + (revision == null ? History.NONE : History.text(revision))
            + ' '
            + (source == null ? History.NONE : source.name())
            + ' '
            + fresh);
  }

  private void say(String line) {
    try {
      out.write((line + '\n').getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
