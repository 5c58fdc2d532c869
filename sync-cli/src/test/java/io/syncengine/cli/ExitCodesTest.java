// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.model.AckTimeoutException;
import io.syncengine.model.CorruptDataException;
import io.syncengine.model.DurabilityException;
import io.syncengine.model.PressureLevel;
import io.syncengine.model.ProviderResolutionException;
import io.syncengine.model.TierException;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.model.WriteRejectedException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ExitCodesTest {
  @Test
  void eachExceptionOfTheEngineHasItsCode() {
    assertThat(ExitCodes.of(new ProviderResolutionException("m", null))).isEqualTo(2);
    assertThat(ExitCodes.of(new IllegalArgumentException("m"))).isEqualTo(2);
    assertThat(ExitCodes.of(new TierUnavailableException("L3", "load", "m", null))).isEqualTo(4);
    assertThat(ExitCodes.of(new TierException("L3", "load", false, "m", null))).isEqualTo(4);
    assertThat(ExitCodes.of(new WriteRejectedException(PressureLevel.CRITICAL, Duration.ZERO)))
        .isEqualTo(4);
    assertThat(ExitCodes.of(new DurabilityException("m", null))).isEqualTo(4);
    assertThat(ExitCodes.of(new AckTimeoutException(null))).isEqualTo(4);
    assertThat(ExitCodes.of(new CorruptDataException("m", "a", "b", "c"))).isEqualTo(5);
  }

  @Test
  void aTierThatRefusesAtTheStartIsRefused() {
    TierException newer = new TierException("L3", "open", false, "m", null);

    assertThat(ExitCodes.of(new RefusedAtStart(newer))).isEqualTo(2);
  }

  @Test
  void aFaultOfTheCommandsOwnIsNotTakenForAnAnswer() {
    assertThat(ExitCodes.of(new NullPointerException())).isEqualTo(2);
    assertThat(ExitCodes.of(new OutOfMemoryError())).isEqualTo(2);
  }
}
