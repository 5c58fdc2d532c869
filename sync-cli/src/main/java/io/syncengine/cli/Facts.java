// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Facts as lines of text. */
final class Facts {
  private Facts() {}

  /** A line a fact, {@code name: value}. */
  static String lines(Map<String, ?> facts) {
    return facts.entrySet().stream()
        .map(e -> e.getKey() + ": " + text(e.getValue()))
        .collect(Collectors.joining("\n"));
  }

  /** A whole number with separators, the same in every locale. */
  static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** How many a second, from a count and nanoseconds. */
  static String rate(long count, long nanos) {
    return count(Math.round(count * 1e9 / Math.max(1, nanos))) + "/s";
  }

  /** Seconds with one decimal. */
  static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
  }

  private static String text(Object value) {
    if (value instanceof Long || value instanceof Integer) {
      return count(((Number) value).longValue());
    }
    if (value instanceof Double d) {
      return String.format(Locale.ROOT, "%.3f", d);
    }
    if (value instanceof Iterable<?> list) {
      return list.iterator().hasNext() ? list.toString() : "none";
    }
    return String.valueOf(value);
  }
}
