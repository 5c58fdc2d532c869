// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.model.SyncItem;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The hit ratio on real traces beside Caffeine's, as measured once with Caffeine 3.2.4. The folder
 * given holds {@code *.keys.gz}, one key a line, and {@code capacities.properties}, in entries.
 */
@EnabledIfSystemProperty(
    named = "sync.traces",
    matches = ".+",
    disabledReason = "the traces are not ours to carry: -Dsync.traces=FOLDER")
class HitRatioTest {
  private static final Map<String, Double> CAFFEINE =
      Map.of(
          "multi1", 68.12, "multi2", 69.27, "2_pools", 59.38, "gli", 41.60, "ps", 60.91, "cs",
          35.64, "web07", 54.08);

  @Test
  void onTracesTheMeanIsNotBelowCaffeinesAndNoneIsTwoPointsBelow() throws IOException {
    Path folder = Path.of(System.getProperty("sync.traces"));
    Properties capacities = new Properties();
    try (InputStream in = Files.newInputStream(folder.resolve("capacities.properties"))) {
      capacities.load(in);
    }
    Map<String, Double> ours = new TreeMap<>();
    for (String trace : CAFFEINE.keySet()) {
      int capacity = Integer.parseInt(capacities.getProperty(trace));
      ours.put(trace, hitRatio(read(folder.resolve(trace + ".keys.gz")), capacity));
    }
    System.out.printf("%-10s%10s%10s%n", "trace", "tan-curve", "Caffeine");
    ours.forEach((t, r) -> System.out.printf("%-10s%10.2f%10.2f%n", t, r, CAFFEINE.get(t)));
    double mean = mean(ours);
    System.out.printf("%-10s%10.2f%10.2f%n", "mean", mean, mean(CAFFEINE));
    assertThat(mean).isGreaterThanOrEqualTo(mean(CAFFEINE));
    assertThat(ours).allSatisfy((t, r) -> assertThat(r).as(t).isGreaterThan(CAFFEINE.get(t) - 2));
  }

  private static double mean(Map<String, Double> ratios) {
    return ratios.values().stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }

  private static double hitRatio(List<String> keys, int capacity) {
    int width = keys.stream().mapToInt(String::length).max().orElseThrow();
    TanCurveMemoryTier tier =
        new TanCurveMemoryTier(new TestConfig(capacity * Footprint.of(item("", width)), 1));
    int hits = 0;
    for (String key : keys) {
      if (tier.get(key) == null) {
        tier.put(item(key, width));
      } else {
        hits++;
      }
    }
    return 100.0 * hits / keys.size();
  }

  /** All items weigh the same: content makes up for a short key. */
  private static SyncItem item(String key, int width) {
    String id = key.isEmpty() ? "x" : key;
    return TestConfig.item(id, width + 1 - id.length());
  }

  private static List<String> read(Path file) throws IOException {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      return in.lines().toList();
    }
  }
}
