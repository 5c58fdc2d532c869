// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static io.syncengine.testkit.Entries.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.syncengine.model.TierException;
import io.syncengine.spi.CacheGenerations;
import io.syncengine.spi.Tier;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Of {@link TierContract}: the generation of the caches is one for all, and raised once.
 *
 * @since 0.1
 */
public interface GenerationClauses extends TierClauses {
  /** There is one from the beginning, and writes do not change it. */
  @Test
  default void everyPollTellsTheGenerationFromTheFirstOn() {
    Tier tier = tiers().open();
    tiers().generations(tier);

    long first = generation(tier);
    tiers().apply(tier, value("a", 1, "x"));

    assertThat(first).isPositive();
    assertThat(generation(tier)).isEqualTo(first);
    assertThat(tiers().changeLog(tier).poll(1, 10).generation()).isEqualTo(first);
    assertThat(tiers().changeLog(tier).poll(2, 10).generation()).isEqualTo(first);
  }

  /** The lower bits are random, so that none comes twice after a restore; those above count. */
  @Test
  default void generationsCountAboveTheRandomBits() {
    Tier tier = tiers().open();
    CacheGenerations generations = tiers().generations(tier);
    long first = generation(tier);

    long second = generations.raiseGeneration(first);
    long third = generations.raiseGeneration(second);
    long fourth = generations.raiseGeneration(third);

    assertThat(Stream.of(second, third, fourth).map(GenerationClauses::count))
        .containsExactly(count(first) + 1, count(first) + 2, count(first) + 3);
    assertThat(randomBits(second, third, fourth)).as("random bits").hasSizeGreaterThan(1);
  }

  /** What one raises, the others see, those too that open later. */
  @Test
  default void aRaisedGenerationIsSeenByAllAndOutlivesAClose() {
    Tier one = tiers().unopened();
    one.open(tiers().config().withInstanceId("one"));
    long raised;
    try {
      Tier two = tiers().open(tiers().config().withInstanceId("two"));
      long first = generation(two);

      raised = tiers().generations(one).raiseGeneration(first);

      assertThat(raised).isGreaterThan(first);
      assertThat(generation(two)).isEqualTo(raised);
      two.close();
    } finally {
      one.close();
    }
    assertThat(generation(tiers().open())).isEqualTo(raised);
  }

  /** Who comes late, or asks again after the answer was lost, gives up nothing more. */
  @Test
  default void aGenerationThatIsNotThePresentOneIsNotRaised() {
    Tier tier = tiers().open();
    CacheGenerations generations = tiers().generations(tier);
    long first = generation(tier);
    long raised = generations.raiseGeneration(first);

    assertThat(generations.raiseGeneration(first)).as("again").isEqualTo(raised);
    assertThat(generations.raiseGeneration(raised + 1)).as("never given").isEqualTo(raised);
    assertThat(generation(tier)).isEqualTo(raised);
  }

  /** All instances notice at the same moment. */
  @Test
  default void twoThatRaiseAtATimeAgree() {
    Tier one = tiers().open(tiers().config().withInstanceId("one"));
    Tier two = tiers().open(tiers().config().withInstanceId("two"));
    CacheGenerations ofOne = tiers().generations(one);
    CacheGenerations ofTwo = tiers().generations(two);
    long seen = generation(one);
    for (int round = 0; round < 20; round++) {
      long now = seen;
      CompletableFuture<Long> other =
          Concurrently.run(() -> Concurrently.retried(() -> ofTwo.raiseGeneration(now)));

      long raised = Concurrently.retried(() -> ofOne.raiseGeneration(now));

      assertThat(other.join()).isEqualTo(raised);
      assertThat(count(raised)).isEqualTo(count(now) + 1);
      seen = raised;
    }
    assertThat(generation(one)).isEqualTo(seen);
    assertThat(generation(two)).isEqualTo(seen);
  }

  /** Read-only raises nothing. */
  @Test
  default void aReadOnlyTierTellsTheGenerationAndRefusesToRaiseIt() {
    Tier writer = tiers().unopened();
    writer.open(tiers().config());
    writer.close();
    Tier reader = tiers().open(tiers().config().withReadOnly(true));
    CacheGenerations generations = tiers().generations(reader);
    long first = generation(reader);

    TierException e =
        catchThrowableOfType(TierException.class, () -> generations.raiseGeneration(first));

    assertThat(e).isNotNull();
    assertThat(e.retryable()).isFalse();
    assertThat(generation(reader)).isEqualTo(first);
  }

  private long generation(Tier tier) {
    return tiers().changeLog(tier).poll(1, 0).generation();
  }

  private static long count(long generation) {
    return generation >> CacheGenerations.RANDOM_BITS;
  }

  private static Set<Long> randomBits(Long... generations) {
    return Stream.of(generations)
        .map(g -> g & ((1L << CacheGenerations.RANDOM_BITS) - 1))
        .collect(Collectors.toSet());
  }
}
