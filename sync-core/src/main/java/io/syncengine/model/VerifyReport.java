// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

import java.time.Duration;
import java.util.List;

/**
 * What {@code verify} found, or {@code repair} found and did.
 *
 * @param differences the differences, at most {@value #MAX_LISTED}
 * @param differenceCount how many there are
 * @param repairedCount how many of them were repaired
 * @param buckets the digest buckets of either side whose kept digests are not those of its rows,
 *     rising; looked at by a deep run over everything, and by a repair where it has written
 * @param digestsRepaired whether kept digests that were not right were put right
 * @param inFlight ids that differed at first and agreed a moment later
 * @param items rows and cached items that were looked at
 * @param requests calls to the tiers
 * @param digests digests that were read
 * @param bytes about how many bytes were read
 * @param elapsed how long it took
 * @since 0.1
 */
public record VerifyReport(
    List<Difference> differences,
    long differenceCount,
    long repairedCount,
    List<Integer> buckets,
    boolean digestsRepaired,
    long inFlight,
    long items,
    long requests,
    long digests,
    long bytes,
    Duration elapsed) {
  /** How many differences are listed at most. */
  public static final int MAX_LISTED = 10_000;

  /**
   * Copies the lists.
   *
   * @param differences see {@link #differences()}
   * @param differenceCount see {@link #differenceCount()}
   * @param repairedCount see {@link #repairedCount()}
   * @param buckets see {@link #buckets()}
   * @param digestsRepaired see {@link #digestsRepaired()}
   * @param inFlight see {@link #inFlight()}
   * @param items see {@link #items()}
   * @param requests see {@link #requests()}
   * @param digests see {@link #digests()}
   * @param bytes see {@link #bytes()}
   * @param elapsed see {@link #elapsed()}
   */
  public VerifyReport {
    differences = List.copyOf(differences);
    buckets = List.copyOf(buckets);
  }

  /**
   * Whether nothing was found.
   *
   * @return true if there was no difference, whether or not one was repaired
   */
  public boolean equal() {
    return differenceCount == 0 && buckets.isEmpty();
  }

  /**
   * Whether what was found is repaired.
   *
   * @return true if nothing is left, or nothing was found
   */
  public boolean healed() {
    return differenceCount == repairedCount && (buckets.isEmpty() || digestsRepaired);
  }
}
