// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.pending;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.memory.TanCurveMemoryTierProvider;
import io.syncengine.model.Outcome;
import io.syncengine.model.SyncItem;
import io.syncengine.spi.Entry;
import io.syncengine.spi.FailPoints;
import io.syncengine.spi.LogPlace;
import io.syncengine.spi.MemoryTier;
import io.syncengine.spi.MemoryTierConfig;
import io.syncengine.spi.TimeSource;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Which groups of the log may be cut. */
class LogFloorOfPendingTest {
  private final Pending pending =
      new Pending(new Stripes(), memory(), TimeSource.SYSTEM, FailPoints.OFF);

  private static MemoryTier memory() {
    return new TanCurveMemoryTierProvider()
        .create(
            new MemoryTierConfig() {
              @Override
              public long maxBytes() {
                return 1 << 20;
              }

              @Override
              public TimeSource timeSource() {
                return TimeSource.SYSTEM;
              }

              @Override
              public RandomGenerator random() {
                return new SplittableRandom(1);
              }

              @Override
              public Map<String, String> properties() {
                return Map.of();
              }
            });
  }

  private static Entry entry(long version) {
    return Entry.ofItem(SyncItem.of("a", "v" + version).stamped(version, 0));
  }

  @Test
  void aLoggedWriteBelowOneThatIsOnlyInMemoryKeepsItsGroup() {
    pending.publish(entry(2), null, Doubt.NONE, null);
    assertThat(pending.publish(entry(1), new LogPlace(5, 0), Doubt.NONE, null))
        .isEqualTo(Outcome.SUPERSEDED);
    assertThat(pending.lowestLogGroup(6)).isEqualTo(5);
    pending.logged(entry(2), new LogPlace(7, 0));
    assertThat(pending.lowestLogGroup(8)).isEqualTo(7);
  }
}
