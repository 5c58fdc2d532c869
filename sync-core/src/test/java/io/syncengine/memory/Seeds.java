// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.memory;

/** The seeds of random tests: {@code -Dsync.seed=N} plays one again. */
final class Seeds {
  private Seeds() {}

  static long printed() {
    long seed = Long.getLong("sync.seed", System.nanoTime());
    System.out.println("-Dsync.seed=" + seed);
    return seed;
  }
}
