// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

/**
 * The capability of a ground truth that keeps which generation of the caches before it is the
 * present one, so that all instances give one up together. The generation comes with each {@link
 * ChangePage}.
 *
 * @since 0.1
 */
public interface CacheGenerations {
  /** How many bits of a generation are drawn at random. */
  int RANDOM_BITS = 24;

  /**
   * Begins another generation if the present one is the one that the caller has seen. Generations
   * rise, and none comes twice, not even after the ground truth was restored from a backup: the
   * lower {@value #RANDOM_BITS} bits are random, those above count.
   *
   * @param seen the generation to give up
   * @return the present generation now, another one than {@code seen}
   * @throws io.syncengine.model.TierUnavailableException if the tier cannot be asked
   */
  long raiseGeneration(long seen);

  /**
   * The generation after another.
   *
   * @param generation the one before
   * @param random any bits
   * @return a higher one
   */
  static long next(long generation, long random) {
    long mask = (1L << RANDOM_BITS) - 1;
    return (generation & ~mask) + mask + 1 + (random & mask);
  }
}
