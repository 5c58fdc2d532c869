// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.engine;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.spi.FailPoint;
import io.syncengine.testkit.CrashPoints;
import io.syncengine.testkit.SeedSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random operations against a plain map; {@code -Dsync.seeds=1000} runs more of them. */
class ModelTest {
  private static final int OPERATIONS = 500;

  @ParameterizedTest
  @SeedSource(100)
  void readsWhatAPlainMapHolds(long seed) {
    runSeed(seed, new CrashPoints());
  }

  private static void runSeed(long seed, CrashPoints failPoints) {
    // One engine in five has no log.
    try (ModelRun run = new ModelRun(seed, seed % 5 != 0, failPoints)) {
      run.run(OPERATIONS);
    }
  }

  /** The model sees what is missing when a step is left out. */
  @ParameterizedTest
  @EnumSource(names = {"PUBLISH", "REPLAY", "TIER_UNAVAILABLE"})
  void findsAStepThatIsLeftOut(FailPoint step) {
    assertThatThrownBy(
            () -> {
              for (long seed = 1; seed <= 20; seed++) {
                runSeed(seed, new CrashPoints().leaveOut(step));
              }
            })
        .isInstanceOf(AssertionError.class);
  }
}
