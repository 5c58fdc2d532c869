// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.spi.Batcher;
import io.syncengine.spi.BatcherProvider;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * The contract of {@link Batcher}: extend it with a concrete class that makes batchers.
 *
 * @since 0.1
 */
public abstract class BatcherContract {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  /** For subclasses. */
  protected BatcherContract() {}

  /**
   * A batcher.
   *
   * @param config the limits
   * @return a new batcher
   */
  protected abstract Batcher newBatcher(BatcherProvider.Config config);

  @Test
  void enoughWritesAreDueNow() {
    Batcher batcher = batcher();

    assertThat(batcher.nanosUntilFlush(100, 100, 0)).isNotPositive();
    assertThat(batcher.nanosUntilFlush(101, 100, 0)).isNotPositive();
    assertThat(batcher.nanosUntilFlush(Integer.MAX_VALUE, 100, 0)).isNotPositive();
  }

  @Test
  void enoughBytesAreDueNow() {
    Batcher batcher = batcher();

    assertThat(batcher.nanosUntilFlush(1, 10_000, 0)).isNotPositive();
    assertThat(batcher.nanosUntilFlush(1, Long.MAX_VALUE, 0)).isNotPositive();
  }

  @Test
  void writesThatWaitedLongEnoughAreDueNow() {
    Batcher batcher = batcher();

    assertThat(batcher.nanosUntilFlush(1, 1, SECOND)).isNotPositive();
    assertThat(batcher.nanosUntilFlush(1, 1, Long.MAX_VALUE)).isNotPositive();
  }

  @Test
  void aSmallNewWriteWaitsNoLongerThanTheInterval() {
    assertThat(batcher().nanosUntilFlush(1, 1, 0)).isPositive().isLessThanOrEqualTo(SECOND);
  }

  @Test
  void limitsOfOneFlushEachWrite() {
    assertThat(newBatcher(new Limits(1, 10_000, Duration.ofSeconds(1))).nanosUntilFlush(1, 1, 0))
        .isNotPositive();
    assertThat(newBatcher(new Limits(100, 1, Duration.ofSeconds(1))).nanosUntilFlush(1, 1, 0))
        .isNotPositive();
  }

  @Test
  void aBatchHoldsAtLeastOneWrite() {
    for (Limits limits :
        new Limits[] {
          new Limits(1, 1, Duration.ofNanos(1)),
          new Limits(100, 10_000, Duration.ofSeconds(1)),
          new Limits(Integer.MAX_VALUE, Long.MAX_VALUE, Duration.ofDays(100_000))
        }) {
      assertThat(newBatcher(limits).maxCount()).isPositive();
      assertThat(newBatcher(limits).maxBytes()).isPositive();
    }
  }

  @Test
  void extremeLimitsDoNotOverflow() {
    Batcher batcher =
        newBatcher(new Limits(Integer.MAX_VALUE, Long.MAX_VALUE, Duration.ofDays(100_000)));

    assertThat(batcher.nanosUntilFlush(1, 1, 0)).isPositive();
    assertThat(batcher.nanosUntilFlush(Integer.MAX_VALUE, 1, 0)).isNotPositive();
  }

  /**
   * More of anything is never flushed later; the same question has one answer.
   *
   * @param seed of the questions
   */
  @ParameterizedTest
  @SeedSource(5)
  void itIsAPureFunctionThatNeverWaitsLongerForMore(long seed) {
    Batcher batcher = batcher();
    Random random = new Random(seed);
    for (int i = 0; i < 1_000; i++) {
      int count = 1 + random.nextInt(120);
      long bytes = random.nextInt(12_000);
      long oldest = random.nextLong(2 * SECOND);

      long wait = wait(batcher, count, bytes, oldest);

      assertThat(wait).isLessThanOrEqualTo(Math.max(0, SECOND - oldest));
      assertThat(wait(batcher, count + 1, bytes + 7, oldest)).isLessThanOrEqualTo(wait);
      assertThat(wait(batcher, count, bytes, oldest + 7)).isLessThanOrEqualTo(wait);
      assertThat(wait(batcher, count, bytes, oldest)).isEqualTo(wait);
    }
  }

  /** Everything at or below 0 means the same: now. */
  private static long wait(Batcher batcher, int count, long bytes, long oldestNanos) {
    return Math.max(0, batcher.nanosUntilFlush(count, bytes, oldestNanos));
  }

  private Batcher batcher() {
    return newBatcher(new Limits(100, 10_000, Duration.ofSeconds(1)));
  }

  private record Limits(int flushCount, long flushBytes, Duration flushInterval)
      implements BatcherProvider.Config {
    @Override
    public Map<String, String> properties() {
      return Map.of();
    }
  }
}
