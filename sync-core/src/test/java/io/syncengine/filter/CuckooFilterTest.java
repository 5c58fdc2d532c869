// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CuckooFilterTest {
  private final SplittableRandom random = new SplittableRandom(7);

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 6, 1000, 1024, 2_941_178, CuckooFilter.MOST_BUCKETS})
  void eachBucketIsTheOthersOther(int buckets) {
    for (int i = 0; i < 100_000; i++) {
      long hash = i == 0 ? 0 : i == 1 ? -1 : random.nextLong();
      int fingerprint = Fingerprints.of(hash);
      int one = Fingerprints.bucket(hash, buckets);
      int two = Fingerprints.other(one, fingerprint, buckets);

      assertThat(fingerprint).isBetween(1, Fingerprints.DIFFERENT);
      assertThat(one).isBetween(0, buckets - 1);
      assertThat(two).isBetween(0, buckets - 1).isNotEqualTo(one);
      assertThat(Fingerprints.other(two, fingerprint, buckets)).isEqualTo(one);
    }
  }

  @Test
  void aWordIsSearchedExactly() {
    int[] difficult = {0, 1, 2, 0x7FFF, 0x8000, 0x8001, 0xFFFE, 0xFFFF};
    for (int n = 0; n < 4096; n++) {
      long word = 0;
      for (int slot = 0; slot < Fingerprints.SLOTS; slot++) {
        word = Fingerprints.with(word, slot, difficult[n >> 3 * slot & 7]);
      }
      for (int wanted : difficult) {
        int expected = -1;
        for (int slot = Fingerprints.SLOTS - 1; slot >= 0; slot--) {
          expected = Fingerprints.get(word, slot) == wanted ? slot : expected;
        }
        assertThat(Fingerprints.in(word, wanted)).isEqualTo(expected >= 0);
        if (expected >= 0) {
          assertThat(Fingerprints.slot(word, wanted)).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void theSameHashFindsRoomEightTimes() {
    CuckooFilter filter = new CuckooFilter(1024);
    assertThat(filter.add(1)).isTrue();
    for (int i = 0; i < 8; i++) {
      assertThat(filter.add(-1)).isTrue();
    }

    assertThat(filter.add(-1)).isFalse();

    assertThat(filter.count()).isEqualTo(9);
    for (int i = 0; i < 8; i++) {
      assertThat(filter.remove(-1)).isTrue();
    }
    assertThat(filter.remove(-1)).isFalse();
    assertThat(filter.mightContain(-1)).isFalse();
    assertThat(filter.mightContain(1)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"1000000, 0.85", "1000000, 0.95", "2000, 0.95"})
  void falsePositivesAreRareAtAnyLoad(int slots, double load) {
    CuckooFilter filter = new CuckooFilter(slots / Fingerprints.SLOTS);
    for (int i = 0; i < slots * load; i++) {
      assertThat(filter.add(random.nextLong())).as("fingerprint %s of %s slots", i, slots).isTrue();
    }
    int asked = 4_000_000;
    int wrong = 0;
    for (int i = 0; i < asked; i++) {
      wrong += filter.mightContain(random.nextLong()) ? 1 : 0;
    }
    double measured = (double) wrong / asked;
    System.out.printf(
        "%d slots, load %.2f: %.4f %% false, told %.4f %%%n",
        slots, load, 100 * measured, 100 * filter.falsePositiveRate());
    assertThat(measured).isLessThanOrEqualTo(0.0002);
    assertThat(filter.falsePositiveRate()).isBetween(0.8 * measured, 1.2 * measured);
  }

  @Test
  void tenMillionIdsTakeTwoAndAHalfBytesEach() {
    long ids = 10_000_000;
    long bytes = 8L * CuckooFilterProvider.buckets(ids) + CuckooPath.bytes();
    assertThat((double) bytes / ids).isLessThanOrEqualTo(2.5);
    CuckooFilter small = new CuckooFilter(CuckooFilterProvider.buckets(0));
    assertThat(small.bytes()).isEqualTo(8 * 1024 + CuckooPath.bytes());
  }

  @Test
  void whatFitsNoArrayIsRefused() {
    long most = (long) (CuckooFilter.MOST_BUCKETS * 4L * 0.849);
    assertThat(CuckooFilterProvider.buckets(most)).isLessThanOrEqualTo(CuckooFilter.MOST_BUCKETS);
    for (long tooMany : new long[] {(long) (1.01 * most), Long.MAX_VALUE}) {
      assertThatThrownBy(() -> CuckooFilterProvider.buckets(tooMany))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("larger than one array");
    }
  }
}
