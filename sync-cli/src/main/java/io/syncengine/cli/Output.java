// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/**
 * Stdout. Always UTF-8, whatever the locale, and, unlike {@link System#out}, with errors: a full
 * disk or a closed pipe is noticed. For one thread.
 */
final class Output {
  private static final int BUFFER = 1 << 16;

  private final OutputStream out =
      new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER);
  private final Messages messages;
  private final boolean json;
  private boolean broken; // was reported once; nothing more can be written

  /**
   * Makes the stdout of this process.
   *
   * @param messages what is drawn on the same terminal
   * @param json whether results are JSON
   */
  Output(Messages messages, boolean json) {
    this.messages = messages;
    this.json = json;
  }

  boolean json() {
    return json;
  }

  /** Writes bytes. */
  void bytes(byte[] bytes) {
    try {
      out.write(bytes);
    } catch (IOException e) {
      throw broken(e);
    }
  }

  /** Writes a line. */
  void line(String text) {
    bytes((text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** Writes a command's result: as one JSON object, or as text. */
  void result(Map<String, ?> facts, String text) {
    line(json ? JsonText.object(facts) : text);
    flush();
  }

  /** Sends to the operating system what was written. */
  void flush() {
    if (broken) {
      return;
    }
    try {
      if (messages.launch().out() == Launch.Out.TERMINAL) {
        flushAboveWhatIsDrawn();
      } else {
        out.flush(); // without the lock: a slow reader must not hold up a message
      }
    } catch (IOException e) {
      throw broken(e);
    }
  }

  /** For picocli's help. */
  OutputStream stream() {
    return out;
  }

  private void flushAboveWhatIsDrawn() throws IOException {
    synchronized (messages) {
      messages.erase();
      out.flush();
    }
  }

  private RuntimeException broken(IOException e) {
    broken = true;
    // The system's message may be in any language; a pipe has no other error.
    boolean pipe =
        messages.launch().out() == Launch.Out.PIPE
            || String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("pipe");
    return pipe ? new ClosedPipe(e) : new UncheckedIOException("cannot write the output", e);
  }
}
