// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.spi.FailPoint;
import io.syncengine.testkit.CrashPoints;
import io.syncengine.testkit.SeedSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A cache that is wrong, late or gone never makes an engine wrong. */
class CacheInterleavingsTest {
  private static final int STEPS = 150;

  private static long run(long seed, CacheFault fault, CrashPoints failPoints) {
    try (CacheRun run = new CacheRun(seed, failPoints)) {
      run.play(fault, STEPS);
      return run.cacheAnswers();
    }
  }

  @ParameterizedTest
  @SeedSource(5)
  void nothingBefallsTheCache(long seed) {
    assertThat(run(seed, CacheFault.NONE, new CrashPoints())).isPositive();
  }

  @ParameterizedTest
  @SeedSource(5)
  void anInstanceIsCutFromTheCacheAloneWhileOthersWrite(long seed) {
    run(seed, CacheFault.CUT, new CrashPoints());
  }

  @ParameterizedTest
  @SeedSource(5)
  void anInstanceDiesBetweenCommitAndCache(long seed) {
    run(seed, CacheFault.DEATH, new CrashPoints());
  }

  @ParameterizedTest
  @SeedSource(5)
  void theCacheLosesItsTail(long seed) {
    run(seed, CacheFault.LOST_TAIL, new CrashPoints());
  }

  @ParameterizedTest
  @SeedSource(5)
  void aFillStallsWhileTheIdChanges(long seed) {
    run(seed, CacheFault.LATE_FILL, new CrashPoints());
  }

  @ParameterizedTest
  @SeedSource(5)
  void aWriteArrivesLateOnAnEvictedId(long seed) {
    run(seed, CacheFault.LATE_WRITE, new CrashPoints());
  }

  @ParameterizedTest
  @SeedSource(5)
  void evictionTakesWhatItLikes(long seed) {
    run(seed, CacheFault.EVICTION, new CrashPoints());
  }

  @ParameterizedTest
  @SeedSource(5)
  void everythingBefallsTheCache(long seed) {
    run(seed, CacheFault.ALL, new CrashPoints());
  }

  @ParameterizedTest
  @EnumSource(
      value = FailPoint.class,
      names = {"CACHE_FLOOR", "CACHE_REPAIR"})
  void anEngineThatLeavesAStepOutIsFound(FailPoint step) {
    assertThatThrownBy(
            () -> {
              // Found early as a rule; how early, the machine decides.
              for (long seed = 1; seed <= 500; seed++) {
                run(seed, CacheFault.CUT, new CrashPoints().leaveOut(step));
              }
            })
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void anEngineThatDoesNotFeedTheCacheIsRight() {
    run(1, CacheFault.NONE, new CrashPoints().leaveOut(FailPoint.CACHE_FEED));
  }
}
