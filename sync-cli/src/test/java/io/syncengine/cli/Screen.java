// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import java.util.ArrayList;
import java.util.List;

/** What a terminal shows after some output: it knows CR, LF and the erasing of a line's rest. */
final class Screen {
  private static final String ERASE = "\u001b[K";

  private Screen() {}

  /** The lines that are left to be seen. */
  static List<String> after(String output) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    int column = 0;
    for (int i = 0; i < output.length(); i++) {
      char c = output.charAt(i);
      if (output.startsWith(ERASE, i)) {
        line.setLength(Math.min(column, line.length()));
        i += ERASE.length() - 1;
      } else if (c == '\r') {
        column = 0;
      } else if (c == '\n') {
        lines.add(line.toString().stripTrailing());
        line.setLength(0);
      } else {
        line.setLength(Math.max(line.length(), column + 1));
        line.setCharAt(column++, c);
      }
    }
    if (!line.isEmpty()) {
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }
}
