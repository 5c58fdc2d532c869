// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.read;

import io.syncengine.spi.IdRange;
import java.util.Optional;

/**
 * A dotted subtree: {@code a.b} is the id {@code a.b} and all ids that start with {@code a.b.};
 * with a trailing dot {@code a.b} itself is left out; empty is everything.
 *
 * @param root the id that belongs to it beside the range, if one does; it sorts before the range
 * @param below the ids under it
 */
public record Subtree(Optional<String> root, IdRange below) {
  /** Whether an id belongs to it. */
  public boolean contains(String id) {
    return below.contains(id) || root.filter(id::equals).isPresent();
  }

  /** Reads a prefix. */
  public static Subtree of(String prefix) {
    if (prefix.isEmpty()) {
      return new Subtree(Optional.empty(), IdRange.ALL);
    }
    boolean dotted = prefix.endsWith(".");
    String stem = dotted ? prefix.substring(0, prefix.length() - 1) : prefix;
    // The character after the dot ends the range of what starts with "stem.".
    IdRange below = new IdRange(stem + '.', stem + (char) ('.' + 1));
    return new Subtree(dotted ? Optional.empty() : Optional.of(prefix), below);
  }
}
