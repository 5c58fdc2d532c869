// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.memory;

/**
 * What an item is worth in a duel for room: the original's score without its recency term,
 *
 * <pre>0.4 * ln(1 + n) / ln(1001) + 0.2 / (1 + size / 1 MiB)</pre>
 *
 * <p>n being the sketch's count. Recency is not left out: the queues give it, since only those meet
 * in a duel that were not read for a round. As a number beside the others it would let the newcomer
 * win every tie, and so turn a loop just larger than the room into nothing but misses.
 */
final class Worth {
  private static final double MEBIBYTE = 1 << 20;
  private static final double[] FREQUENCY = new double[FrequencySketch.MAX + 1];

  static {
    for (int n = 0; n < FREQUENCY.length; n++) {
      FREQUENCY[n] = 0.4 * Math.log1p(n) / Math.log(1001);
    }
  }

  private Worth() {}

  static double of(int frequency, int bytes) {
    return FREQUENCY[frequency] + 0.2 / (1 + bytes / MEBIBYTE);
  }
}
