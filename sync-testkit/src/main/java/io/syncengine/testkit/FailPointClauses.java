// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static io.syncengine.testkit.Entries.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.Before;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.ItemOutcome;
import io.syncengine.spi.Tier;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * Of {@link TierContract}: a commit is all or nothing, wherever it breaks.
 *
 * @since 0.1
 */
public interface FailPointClauses extends TierClauses {
  /** The steps before the commit. */
  List<FailPoint> BEFORE_COMMIT =
      List.of(FailPoint.TIER_HEAD, FailPoint.TIER_ROWS, FailPoint.TIER_COMMIT);

  /** Broken before the commit, nothing is there. */
  @Test
  default void whatBreaksBeforeTheCommitLeavesNothing() {
    CrashPoints points = new CrashPoints();
    Tier tier = tiers().open(tiers().config().withFailPoints(points));
    for (FailPoint point : BEFORE_COMMIT) {
      points.throwAt(point, 1, FailPointClauses::broken);

      assertThatThrownBy(() -> tiers().apply(tier, value("a", 1, "x"), value("b", 1, "x")))
          .as("apply, broken at %s", point)
          .isInstanceOf(RuntimeException.class);
      assertThat(tier.load(List.of("a", "b")).found()).isEmpty();
      points.clear(point);
    }
    assertThat(tiers().applyOne(tier, value("a", 1, "x")))
        .isEqualTo(ItemOutcome.applied(Before.ABSENT));
  }

  /** Each step is passed once a commit. */
  @Test
  default void aCommitPassesEachStepOnce() {
    CrashPoints points = new CrashPoints();
    Tier tier = tiers().open(tiers().config().withFailPoints(points));

    tiers().apply(tier, value("a", 1, "x"), value("b", 1, "x"));

    for (FailPoint point : BEFORE_COMMIT) {
      assertThat(points.times(point)).as("times at %s", point).isEqualTo(1);
    }
    assertThat(points.times(FailPoint.TIER_COMMITTED)).isEqualTo(1);
    assertThat(points.times(FailPoint.TIER_FENCE)).isPositive();
  }

  /** Broken after the commit, everything is there, and the batch may be applied again. */
  @Test
  default void whatBreaksAfterTheCommitIsThere() {
    CrashPoints points = new CrashPoints();
    Tier tier = tiers().open(tiers().config().withFailPoints(points));
    points.throwAt(FailPoint.TIER_COMMITTED, 1, FailPointClauses::broken);

    assertThatThrownBy(() -> tiers().apply(tier, value("a", 1, "x")))
        .isInstanceOf(RuntimeException.class);

    assertThat(tiers().load(tier, "a")).isNotNull();
    assertThat(tiers().applyOne(tier, value("a", 1, "x")))
        .isEqualTo(ItemOutcome.unchanged(Before.of(value("a", 1, "x").revision())));
  }

  /**
   * A writer that stands still before its commit. What a tier holds meanwhile keeps other writers
   * out until they time out; one that holds nothing lets them pass.
   */
  @Test
  default void aWriterThatHangsStopsNoReaderAndHoldsUpWritersNoLongerThanTheirTimeOut() {
    CrashPoints points = new CrashPoints();
    TestTierConfig quick = tiers().config().withRequestTimeout(Duration.ofSeconds(2));
    Tier other = tiers().open(quick.withInstanceId("b"));
    Tier tier = tiers().open(quick.withFailPoints(points));
    tiers().apply(tier, value("a", 1, "x"));
    CompletableFuture<Void> writer;
    try (Gate gate = points.blockAt(FailPoint.TIER_COMMIT)) {
      writer = CompletableFuture.runAsync(() -> tiers().apply(tier, value("a", 2, "y")));
      gate.awaitReached(writer);

      assertThat(tiers().loadExisting(other, "a").version()).isEqualTo(1);
      assertThat(other.load(List.of("a", "b")).found()).hasSize(1);
      Throwable failed = catchThrowable(() -> tiers().apply(other, value("b", 1, "x")));
      assertThat(failed == null || failed instanceof TierUnavailableException)
          .as("it passes or times out, and did neither: %s", failed)
          .isTrue();
    }
    writer.handle((done, failed) -> null).join();
    tiers().apply(other, value("b", 1, "x"));
    assertThat(tiers().load(tier, "b")).isNotNull();
  }

  private static RuntimeException broken() {
    return new IllegalStateException("broken by order of the test");
  }
}
