// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** How long calls took; all of them are kept. For one thread. */
final class Latencies {
  private long[] nanos = new long[1024];
  private int count;

  Latencies() {}

  void add(long one) {
    if (count == nanos.length) {
      nanos = Arrays.copyOf(nanos, 2 * count);
    }
    nanos[count++] = one;
  }

  int count() {
    return count;
  }

  /** The nearest-rank percentile, in nanoseconds; 0 if there was no call. */
  private long percentile(double share) {
    if (count == 0) {
      return 0;
    }
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    return sorted[Math.max(0, (int) Math.ceil(share * count) - 1)];
  }

  /** For {@code --json}. */
  Map<String, Object> facts() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("count", count);
    facts.put("medianMicros", micros(0.5));
    facts.put("p99Micros", micros(0.99));
    return facts;
  }

  /** As {@code 1,234 (median 12.0 µs, p99 50.1 µs)}. */
  String text() {
    return String.format(
        Locale.ROOT,
        "%s (median %.1f µs, p99 %.1f µs)",
        Facts.count(count),
        micros(0.5),
        micros(0.99));
  }

  private double micros(double share) {
    return Math.round(percentile(share) / 100.0) / 10.0;
  }
}
