// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

import java.time.Duration;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * How often something that failed for now is tried, and how long the pauses are: bounds that double
 * from the first to the longest, and in each pause a random share of its bound (full jitter;
 * Brooker, "Exponential Backoff And Jitter", 2015), so that many instances do not come back at
 * once.
 *
 * @param tries how often at most, the first included; {@link Integer#MAX_VALUE} for no end
 * @param firstPause bound of the first pause, above 0
 * @param longestPause bound of the longest pause, at least {@code firstPause}
 * @since 0.1
 */
public record RetryPolicy(int tries, Duration firstPause, Duration longestPause) {
  private static final int MAX_DOUBLINGS = 20;

  /**
   * Checks the values.
   *
   * @param tries see {@link #tries()}
   * @param firstPause see {@link #firstPause()}
   * @param longestPause see {@link #longestPause()}
   * @throws IllegalArgumentException if one is out of its bounds
   */
  public RetryPolicy {
    Objects.requireNonNull(firstPause, "firstPause");
    Objects.requireNonNull(longestPause, "longestPause");
    if (tries < 1) {
      throw new IllegalArgumentException("tries is " + tries + "; 1 or more is needed");
    }
    if (firstPause.isNegative() || firstPause.isZero()) {
      throw new IllegalArgumentException("firstPause is not above 0");
    }
    if (longestPause.compareTo(firstPause) < 0) {
      throw new IllegalArgumentException("longestPause is below firstPause");
    }
  }

  /**
   * For what a start needs: 5 tries within about 5 seconds.
   *
   * @return the policy
   */
  public static RetryPolicy startup() {
    return new RetryPolicy(5, Duration.ofMillis(400), Duration.ofSeconds(2));
  }

  /**
   * For what goes on in the background: no end, pauses of up to 5 seconds.
   *
   * @return the policy
   */
  public static RetryPolicy daemon() {
    return new RetryPolicy(Integer.MAX_VALUE, Duration.ofMillis(50), Duration.ofSeconds(5));
  }

  /**
   * For what a caller waits for: 3 tries within about a second.
   *
   * @return the policy
   */
  public static RetryPolicy query() {
    return new RetryPolicy(3, Duration.ofMillis(300), Duration.ofMillis(600));
  }

  /**
   * The same with another number of tries.
   *
   * @param newTries 1 or more
   * @return the policy
   */
  public RetryPolicy withTries(int newTries) {
    return new RetryPolicy(newTries, firstPause, longestPause);
  }

  /**
   * A pause.
   *
   * @param failures how often it has failed in a row, 1 or more
   * @param random draws the share of the bound
   * @return from nothing up to the bound
   */
  public Duration pause(int failures, RandomGenerator random) {
    int doublings = Math.min(Math.max(failures, 1) - 1, MAX_DOUBLINGS);
    long longest = longestPause.toNanos();
    long first = firstPause.toNanos();
    long bound = first > longest >> doublings ? longest : first << doublings;
    return Duration.ofNanos(random.nextLong(bound + 1));
  }
}
