// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.pressure;

import static io.syncengine.model.PressureLevel.CRITICAL;
import static io.syncengine.model.PressureLevel.EMERGENCY;
import static io.syncengine.model.PressureLevel.NORMAL;
import static io.syncengine.model.PressureLevel.SHUTDOWN;
import static io.syncengine.model.PressureLevel.THROTTLE;
import static io.syncengine.model.PressureLevel.WARN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PressureLevelsTest {
  private static final long MINUTE = 60_000_000_000L;
  private final PressureLevels levels = new PressureLevels(0.7, 0.9, MINUTE);

  @Test
  void theMarksAreThoseOfTheDesign() {
    assertThat(levels.update(0.699, 0)).isEqualTo(NORMAL);
    assertThat(levels.update(0.7, 0)).isEqualTo(WARN);
    assertThat(levels.update(0.8, 0)).isEqualTo(THROTTLE);
    assertThat(levels.update(0.9, 0)).isEqualTo(CRITICAL);
    assertThat(levels.update(0.951, 0)).isEqualTo(EMERGENCY);
    assertThat(levels.update(5, 0)).isEqualTo(EMERGENCY);
    assertThat(levels.update(5, MINUTE - 1)).isEqualTo(EMERGENCY);
    assertThat(levels.update(5, MINUTE)).isEqualTo(SHUTDOWN);
    assertThat(levels.level()).isEqualTo(SHUTDOWN);
    assertThat(levels.update(0, MINUTE)).isEqualTo(NORMAL);
  }

  @Test
  void aLevelIsLeftALittleBelowItsMark() {
    levels.update(0.9, 0);
    assertThat(levels.update(0.895, 0)).isEqualTo(CRITICAL);
    assertThat(levels.update(0.889, 0)).isEqualTo(THROTTLE);
    assertThat(levels.update(0.899, 0)).isEqualTo(THROTTLE);
    assertThat(levels.update(0.795, 0)).isEqualTo(THROTTLE);
    assertThat(levels.update(0.785, 0)).isEqualTo(WARN);
    assertThat(levels.update(0.695, 0)).isEqualTo(WARN);
    assertThat(levels.update(0.685, 0)).isEqualTo(NORMAL);
  }

  @Test
  void timeAboveTheLastMarkCountsOnlyInOnePiece() {
    levels.update(0.99, 0);
    levels.update(0.96, 1);
    assertThat(levels.update(0.99, 2 * MINUTE)).isEqualTo(EMERGENCY);
    assertThat(levels.update(0.99, 3 * MINUTE - 1)).isEqualTo(EMERGENCY);
    assertThat(levels.update(0.99, 3 * MINUTE)).isEqualTo(SHUTDOWN);
    assertThat(levels.update(0.975, 3 * MINUTE)).isEqualTo(SHUTDOWN);
    assertThat(levels.update(0.96, 3 * MINUTE)).isEqualTo(EMERGENCY);
  }

  @Test
  void theDrainRateForgets() {
    DrainRate rate = new DrainRate();
    assertThat(rate.nanosFor(1, 0, 777)).as("nothing has drained").isEqualTo(777);
    rate.drained(1000, 0);
    for (int i = 1; i <= 600; i++) {
      rate.drained(1000, i * 100_000_000L);
    }
    long now = 60_000_000_000L;
    assertThat((double) rate.nanosFor(10_000, now, Long.MAX_VALUE)).isCloseTo(1e9, within(5e7));
    assertThat(rate.nanosFor(10_000, now + 5_000_000_000L, Long.MAX_VALUE))
        .isBetween(2_600_000_000L, 2_900_000_000L);
    assertThat(rate.nanosFor(10_000, now, 5)).isEqualTo(5);
  }
}
