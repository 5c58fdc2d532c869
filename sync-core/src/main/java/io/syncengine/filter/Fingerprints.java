// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.filter;

/**
 * What stands in a bucket: four fingerprints of 16 bits in one word, 0 for none, and where an id's
 * may stand. Stored data depends on all of it ({@code docs/data-layout.md}).
 *
 * <p>An id has two buckets, and each is found from the other and the fingerprint alone: their sum,
 * modulo the count of buckets, is a function of the fingerprint. In the paper it is their exclusive
 * or, which needs a power of two. Here the count is even and the sum odd, so that the two are never
 * the same bucket.
 */
final class Fingerprints {
  /** Fingerprints a bucket. */
  static final int SLOTS = 4;

  /** How many different ones there are. */
  static final int DIFFERENT = 0xFFFF;

  private static final int BITS = 16;
  private static final long LOWEST = 0x0001_0001_0001_0001L;
  private static final long HIGHEST = 0x8000_8000_8000_8000L;

  private Fingerprints() {}

  /** The fingerprint of an id, 1 to {@value #DIFFERENT}, from the lower half of its hash. */
  static int of(long hash) {
    return 1 + (int) (((hash & 0xFFFF_FFFFL) * DIFFERENT) >>> 32);
  }

  /** One bucket of an id, from the upper bits of its hash. */
  static int bucket(long hash, int buckets) {
    return reduce(hash, buckets);
  }

  /** The other bucket that a fingerprint may be in; the other's other is this one. */
  static int other(int bucket, int fingerprint, int buckets) {
    int sum = 2 * reduce(mix(fingerprint), buckets / 2) + 1;
    int other = sum - bucket;
    return other < 0 ? other + buckets : other;
  }

  /** Whether a fingerprint, or with 0 an empty slot, is in a bucket's word. */
  static boolean in(long word, int fingerprint) {
    return matches(word, fingerprint) != 0;
  }

  /** The slot of a fingerprint, or with 0 of an empty slot, that {@link #in} has found. */
  static int slot(long word, int fingerprint) {
    return Long.numberOfTrailingZeros(matches(word, fingerprint)) / BITS;
  }

  static int get(long word, int slot) {
    return (int) (word >>> (slot * BITS)) & DIFFERENT;
  }

  /** The word with another fingerprint, or 0, in a slot. */
  static long with(long word, int slot, int fingerprint) {
    int shift = slot * BITS;
    return (word & ~((long) DIFFERENT << shift)) | ((long) fingerprint << shift);
  }

  /** How many slots of a word are taken. */
  static int taken(long word) {
    int taken = 0;
    for (int slot = 0; slot < SLOTS; slot++) {
      taken += get(word, slot) == 0 ? 0 : 1;
    }
    return taken;
  }

  /**
   * The highest bit of each slot that holds it. A borrow can mark a slot wrongly only above one
   * that is marked rightly, so that the lowest mark and whether there is any are exact.
   */
  private static long matches(long word, int fingerprint) {
    long differences = word ^ (fingerprint * LOWEST);
    return (differences - LOWEST) & ~differences & HIGHEST;
  }

  /** Maps 64 even bits to 0 … n−1 by their upper ones: ⌊⌊x/2⌋·n / 2^63⌋. */
  private static int reduce(long x, int n) {
    return (int) Math.multiplyHigh(x >>> 1, (long) n << 1);
  }

  /** The finalizer of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). */
  private static long mix(long x) {
    long z = x * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
