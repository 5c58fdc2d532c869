// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.documents;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A part of a source that a document shows. */
final class Region {
  private Region() {}

  /**
   * The lines between {@code region NAME} and the next {@code endregion}, without the indentation
   * that they share and without empty lines at both ends. Several regions of one name are put
   * together, with an empty line between them.
   */
  static String of(Path source, String name) {
    Pattern start = Pattern.compile("\\W+region " + Pattern.quote(name) + "\\W*");
    Pattern end = Pattern.compile("\\W+endregion\\W*");
    List<String> parts = new ArrayList<>();
    List<String> open = null;
    for (String line : Project.read(source).lines().toList()) {
      if (open == null && start.matcher(line).matches()) {
        open = new ArrayList<>();
      } else if (open != null && end.matcher(line).matches()) {
        parts.add(text(open));
        open = null;
      } else if (open != null) {
        open.add(line);
      }
    }
    if (parts.isEmpty() || open != null) {
      throw new AssertionError(source + " has no region " + name + ", or it does not end");
    }
    return String.join("\n", parts);
  }

  private static String text(List<String> lines) {
    // The last line counts for the indentation, unlike others, even if it is empty.
    return String.join("\n", lines).stripTrailing().stripIndent().strip().concat("\n");
  }
}
