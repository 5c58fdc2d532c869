// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TanCurveTest {
  @ParameterizedTest
  @CsvSource({
    "-1, 1",
    "0, 1",
    "0.75, 1",
    "0.80, 0.8011",
    "0.85, 0.5858",
    "0.90, 0.3318",
    "0.95, 0",
    "1, 0",
    "Infinity, 0",
    "-Infinity, 1"
  })
  void shareFallsAlongATangent(double pressure, double share) {
    assertThat(TanCurve.share(pressure)).isCloseTo(share, within(0.0001));
  }

  @Test
  void eachStepTakesMoreThanTheOneBefore() {
    double last = TanCurve.share(0.75);
    double lastStep = 0;
    for (int i = 1; i <= 200; i++) {
      double share = TanCurve.share(0.75 + i * 0.001);
      assertThat(last - share).isGreaterThan(lastStep);
      lastStep = last - share;
      last = share;
    }
  }

  @Test
  void aPressureThatIsNotANumberIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> TanCurve.share(Double.NaN));
  }
}
