// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Stderr: one line a message, as text or as an error object; on a terminal, below them, a line that
 * is drawn again and again. Passwords in URLs are left out. Safe from any thread; the lock is held
 * while a line is written.
 */
final class Messages {
  private static final String ERASE = "\r\033[K";

  private final PrintStream err;
  private final Launch launch;
  private final boolean json;
  private final boolean debug;
  private boolean drawn;
  private boolean interrupted;

  /**
   * Makes messages.
   *
   * @param err where they go
   * @param launch whose name begins a line of text
   * @param json whether a message is a JSON object
   * @param debug whether stack traces are shown
   */
  Messages(PrintStream err, Launch launch, boolean json, boolean debug) {
    this.err = err;
    this.launch = launch;
    this.json = json;
    this.debug = debug;
  }

  Launch launch() {
    return launch;
  }

  boolean debug() {
    return debug;
  }

  /**
   * Writes an error.
   *
   * @param type a fixed word, shown in JSON alone
   * @param message one line
   */
  void error(String type, String message) {
    error(type, message, Map.of(), null);
  }

  /**
   * Writes an error.
   *
   * @param more members of the error object beside type and message, shown in JSON alone; id and
   *     tier are null if they are not among them
   * @param thrown its trace is shown with {@code --debug}; null for none
   */
  synchronized void error(
      String type,
      String message,
      Map<String, ? extends @Nullable Object> more,
      @Nullable Throwable thrown) {
    eraseLine();
    String trace = debug && thrown != null ? Secrets.hide(trace(thrown)) : null;
    if (!json) {
      err.println(launch.name() + ": " + Secrets.hide(message));
      if (trace != null) {
        err.print(trace);
      }
      return;
    }
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("type", type);
    facts.put("message", Secrets.hide(message));
    facts.put("id", null);
    facts.put("tier", null);
    facts.putAll(more);
    if (trace != null) {
      facts.put("trace", trace);
    }
    err.println(JsonText.object(Map.of("error", facts)));
  }

  /** Writes a line that is no error; nothing in JSON or after an interruption. */
  synchronized void note(String text) {
    if (!json && !interrupted) {
      err.println(launch.name() + ": " + text);
    }
  }

  /**
   * Draws the line at the bottom, over the one before; nothing after an interruption.
   *
   * @param text cut off before the terminal's last column
   */
  synchronized void draw(String text) {
    if (!interrupted) {
      int room = Math.max(0, launch.columns() - 1);
      err.print("\r" + text.substring(0, Math.min(room, text.length())) + "\033[K");
      err.flush();
      drawn = true;
    }
  }

  /** Takes the drawn line away; after an interruption it stays until the last message. */
  synchronized void erase() {
    if (!interrupted) {
      eraseLine();
    }
  }

  private void eraseLine() {
    if (drawn) {
      err.print(ERASE);
      err.flush();
      drawn = false;
    }
  }

  /** From now on the main thread's errors are consequences of the interruption. */
  synchronized void interrupt() {
    if (launch.errIsTerminal() && !json) {
      draw("interrupted; finishing what was accepted ...");
    }
    interrupted = true;
  }

  synchronized boolean interrupted() {
    return interrupted;
  }

  private static String trace(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text, true));
    return text.toString();
  }
}
