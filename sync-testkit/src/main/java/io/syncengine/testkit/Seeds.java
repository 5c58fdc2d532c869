// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import java.security.SecureRandom;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;

/**
 * Seeds of random tests: new ones in each run, printed to standard output, and replayed on request.
 * {@code -Dsync.seed=N} runs the seed N alone; {@code -Dsync.seeds=COUNT} changes how many are run.
 *
 * @since 0.1
 */
public final class Seeds {
  /** The system property that names the one seed to run. */
  public static final String SEED = "sync.seed";

  /** The system property that says how many seeds to run. */
  public static final String COUNT = "sync.seeds";

  private Seeds() {}

  /**
   * Seeds, printed.
   *
   * @param testName whose they are, for the printed line
   * @param count how many, unless a system property says otherwise
   * @return consecutive seeds from a random start
   */
  public static LongStream of(String testName, int count) {
    if (count < 1) {
      throw new IllegalArgumentException("count is " + count + "; 1 or more is needed");
    }
    Long replayed = Long.getLong(SEED);
    int wanted = replayed == null ? Integer.getInteger(COUNT, count) : 1;
    long first = replayed == null ? new SecureRandom().nextLong() >>> 16 : replayed;
    System.out.println(
        testName
            + ": seeds "
            + first
            + " to "
            + (first + wanted - 1)
            + ", replay: -D"
            + SEED
            + "=N");
    return LongStream.range(first, first + wanted);
  }

  /**
   * Runs a test body once for each seed, on this thread, up to the first failure.
   *
   * @param testName whose they are, for the printed line
   * @param count how many, unless a system property says otherwise
   * @param body the test
   * @throws AssertionError if the body throws; the message names the seed, the cause is what it
   *     threw
   */
  public static void forEach(String testName, int count, LongConsumer body) {
    of(testName, count)
        .forEach(
            seed -> {
              try {
                body.accept(seed);
              } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(
                    testName + " failed; replay: -D" + SEED + "=" + seed + "\n" + e.getMessage(),
                    e);
              }
            });
  }
}
