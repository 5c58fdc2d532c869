// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import java.util.Locale;

/**
 * How the command was called. Java cannot find that out; the launcher tells it by system
 * properties.
 *
 * @param called the command as it was typed, with a path if it was not found on the PATH
 * @param columns the width of the terminal that stderr is; 0 if it is none
 * @param out what stdout is
 */
record Launch(String called, int columns, Out out) {
  /** What a stream may lead to. */
  enum Out {
    TERMINAL,
    PIPE,
    OTHER
  }

  /** How this process was called; without the launcher as {@code sync}, with no terminal. */
  static Launch current() {
    return new Launch(
        System.getProperty("sync.called", "sync"),
        Integer.getInteger("sync.columns", 0),
        Out.valueOf(System.getProperty("sync.out", "other").toUpperCase(Locale.ROOT)));
  }

  /** The command's name, which begins each message. */
  String name() {
    return called.substring(called.lastIndexOf('/') + 1);
  }

  /** Whether stdout is a terminal that knows colours, on which they are wanted (no-color.org). */
  boolean outInColor() {
    String noColor = System.getenv("NO_COLOR");
    return out == Out.TERMINAL
        && (noColor == null || noColor.isEmpty())
        && !System.getenv().getOrDefault("TERM", "dumb").equals("dumb");
  }

  boolean errIsTerminal() {
    return columns > 0;
  }
}
