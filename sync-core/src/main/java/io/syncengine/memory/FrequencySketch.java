// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.memory;

import java.util.Arrays;

/**
 * How often ids were asked for lately, whether they are in the tier or not: a count-min sketch of
 * four rows with counters of four bits that are halved after every ten times as many counts as
 * there are items (G. Einziger, R. Friedman, B. Manes, "TinyLFU: A Highly Efficient Cache Admission
 * Policy", ACM Transactions on Storage 13(4), 2017, section 3). Never below the true count of the
 * period, up to {@value #MAX}. Guarded by the policy's lock.
 */
final class FrequencySketch {
  /** The highest count. */
  static final int MAX = 15;

  private static final int ROWS = 4;
  private static final int PERIOD = 10;
  private static final int FEW = 64;
  private static final int SMALLEST = 2048;
  private static final long LOW_THREE_BITS = 0x7777_7777_7777_7777L;

  /** Words of sixteen counters; a power of two. */
  private long[] table = new long[SMALLEST];

  private long counted;

  /** Makes room for so many items. Doubling copies the counters, so nothing is forgotten. */
  void ensureCapacity(long items) {
    while (items > 2L * table.length && table.length < 1 << 28) {
      int half = table.length;
      table = Arrays.copyOf(table, 2 * half);
      System.arraycopy(table, 0, table, half, half);
    }
  }

  int frequency(int hash) {
    int least = MAX;
    for (int row = 0; row < ROWS; row++) {
      long mixed = mix(hash, row);
      long word = table[(int) mixed & table.length - 1];
      least = Math.min(least, (int) (word >>> shift(mixed)) & MAX);
    }
    return least;
  }

  void add(int hash, int times, long items) {
    for (int row = 0; row < ROWS; row++) {
      long mixed = mix(hash, row);
      int index = (int) mixed & table.length - 1;
      int shift = shift(mixed);
      long count = (table[index] >>> shift) & MAX;
      table[index] += (Math.min(MAX, count + times) - count) << shift;
    }
    counted += times;
    if (counted >= PERIOD * Math.max(items, FEW)) {
      age();
    }
  }

  private void age() {
    for (int i = 0; i < table.length; i++) {
      table[i] = (table[i] >>> 1) & LOW_THREE_BITS;
    }
    counted >>>= 1;
  }

  /** The top four bits choose the counter in the word, the low ones the word. */
  private static int shift(long mixed) {
    return (int) (mixed >>> 60) << 2;
  }

  private static long mix(int hash, int row) {
    long x = (hash + row * 0x9E37_79B9_7F4A_7C15L) * 0xBF58_476D_1CE4_E5B9L;
    x = (x ^ x >>> 31) * 0x94D0_49BB_1331_11EBL;
    return x ^ x >>> 29;
  }
}
