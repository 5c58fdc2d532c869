// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The two streams of the command. Always UTF-8, whatever the locale, and, unlike {@link
 * System#out}, with errors: a full disk or a closed pipe is noticed. Stdout is for one thread.
 */
final class Output {
  private static final int BUFFER = 1 << 16;

  private final OutputStream out =
      new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER);
  private final PrintStream err =
      new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
  private final boolean json;
  private volatile boolean interrupted;
  private boolean broken; // was reported once; nothing more can be written

  /**
   * Makes the streams of this process.
   *
   * @param json whether results and errors are JSON
   */
  Output(boolean json) {
    this.json = json;
  }

  boolean json() {
    return json;
  }

  /** Writes bytes to stdout. */
  void bytes(byte[] bytes) {
    try {
      out.write(bytes);
    } catch (IOException e) {
      broken = true;
      throw new UncheckedIOException("cannot write the output", e);
    }
  }

  /** Writes a line to stdout. */
  void line(String text) {
    bytes((text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** Writes a command's result to stdout: as one JSON object, or as text. */
  void result(Map<String, ?> facts, String text) {
    line(json ? JsonText.object(facts) : text);
    flush();
  }

  /** Sends to the operating system what was written to stdout. */
  void flush() {
    if (broken) {
      return;
    }
    try {
      out.flush();
    } catch (IOException e) {
      broken = true;
      throw new UncheckedIOException("cannot write the output", e);
    }
  }

  /**
   * Writes a line to stderr, as text or as an error object. Safe from any thread.
   *
   * @param type a fixed word, shown in JSON alone
   * @param message one line
   */
  void error(String type, String message) {
    error(type, message, Map.of());
  }

  /**
   * Writes a line to stderr.
   *
   * @param more members of the error object beside type and message; id and tier are null if they
   *     are not among them
   */
  void error(String type, String message, Map<String, ?> more) {
    if (!json) {
      err.println("sync: " + message);
      return;
    }
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("type", type);
    facts.put("message", message);
    facts.put("id", null);
    facts.put("tier", null);
    facts.putAll(more);
    err.println(JsonText.object(Map.of("error", facts)));
  }

  /** Stdout for picocli's help. */
  OutputStream out() {
    return out;
  }

  /** For stack traces. */
  PrintStream err() {
    return err;
  }

  /** From now on the main thread's errors are consequences of the interruption. */
  void interrupt() {
    interrupted = true;
  }

  boolean interrupted() {
    return interrupted;
  }
}
