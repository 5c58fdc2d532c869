// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrequencySketchTest {
  private static final long NEVER_AGES = Long.MAX_VALUE / 100;

  private final FrequencySketch sketch = new FrequencySketch();

  @Test
  void nothingWasSeenAtTheStart() {
    assertThat(sketch.frequency(42)).isZero();
  }

  @Test
  void countsUpToItsMaximum() {
    for (int i = 1; i <= 20; i++) {
      sketch.add(42, 1, NEVER_AGES);
      assertThat(sketch.frequency(42)).isEqualTo(Math.min(i, FrequencySketch.MAX));
    }
    sketch.add(7, 3, NEVER_AGES);
    sketch.add(7, 14, NEVER_AGES);
    assertThat(sketch.frequency(7)).isEqualTo(FrequencySketch.MAX);
  }

  @Test
  void isNeverBelowTheTruthAndSeldomAboveIt() {
    long seed = Seeds.printed();
    Random random = new Random(seed);
    Map<Integer, Integer> truth = new HashMap<>();
    sketch.ensureCapacity(2000);
    for (int i = 0; i < 5000; i++) {
      int hash = random.nextInt(2000) * 31;
      truth.merge(hash, 1, Integer::sum);
      sketch.add(hash, 1, NEVER_AGES);
    }
    int above = 0;
    for (Map.Entry<Integer, Integer> e : truth.entrySet()) {
      int seen = sketch.frequency(e.getKey());
      assertThat(seen).isGreaterThanOrEqualTo(Math.min(e.getValue(), FrequencySketch.MAX));
      above += seen > e.getValue() ? 1 : 0;
    }
    assertThat(above).isLessThan(truth.size() / 5);
  }

  @Test
  void growingForgetsNothing() {
    for (int hash = 0; hash < 50; hash++) {
      sketch.add(hash, 1 + hash % 4, NEVER_AGES);
    }
    sketch.ensureCapacity(100_000);
    for (int hash = 0; hash < 50; hash++) {
      assertThat(sketch.frequency(hash)).isGreaterThanOrEqualTo(1 + hash % 4);
    }
  }

  @Test
  void halvesItsCountsAfterTenTimesAsManyAsThereAreItems() {
    sketch.add(42, 12, 100);
    for (int i = 0; i < 987; i++) {
      sketch.add(42_000 + i % 3, 1, 100);
    }
    assertThat(sketch.frequency(42)).isEqualTo(12);
    sketch.add(42_000, 1, 100);
    assertThat(sketch.frequency(42)).isEqualTo(6);
  }
}
