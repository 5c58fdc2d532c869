// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc.kill;

import java.util.Map;
import java.util.TreeMap;

/** Sums up kills by kind, for the closing note. */
final class KillTable {
  private final Map<String, long[]> rows = new TreeMap<>();

  void add(String kind, long kills, long acks, long behind) {
    long[] row = rows.computeIfAbsent(kind, k -> new long[5]);
    row[0] += kills;
    row[1] += acks;
    row[2] = row[0] == kills ? behind : Math.min(row[2], behind);
    row[3] = Math.max(row[3], behind);
    row[4] += behind;
  }

  long kills() {
    return rows.values().stream().mapToLong(r -> r[0]).sum();
  }

  @Override
  public String toString() {
    StringBuilder text =
        new StringBuilder("| kill | kills | acks | ids only in the log, all (min to max) |\n");
    text.append("|---|---|---|---|\n");
    rows.forEach(
        (kind, r) ->
            text.append(
                "| %s | %d | %d | %d (%d to %d) |%n"
                    .formatted(kind, r[0], r[1], r[4], r[2], r[3])));
    return text.toString();
  }
}
