// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.spi.Entry;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.LogPlace;
import io.syncengine.spi.WriteAheadLog;
import io.syncengine.testkit.CrashPoints;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process that is killed has every group that it said was on disk. */
class KilledLogTest {
  @TempDir private Path directory;

  @RepeatedTest(3)
  void atAnyInstant() throws Exception {
    Path file = directory.resolve("log.db");
    long acknowledged = 0;
    try (ChildLog child = ChildLog.appending(file)) {
      for (int i = 0; i < 1_500; i++) {
        acknowledged = Long.parseLong(child.line());
      }
      child.kill();
      for (String line = child.line(); line != null; line = child.line()) {
        // what it printed before it was killed; the last line may be cut
        acknowledged = Math.max(acknowledged, complete(line, acknowledged));
      }
    }
    assertNothingIsMissing(file, acknowledged);
  }

  @ParameterizedTest
  @EnumSource(names = {"LOG_COMMIT", "TRUNCATED"})
  void atItsFailPoints(FailPoint point) throws Exception {
    Path file = directory.resolve("log.db");
    long acknowledged = 0;
    try (ChildLog child = ChildLog.crashingAt(point, file)) {
      for (String line = child.line(); line != null; line = child.line()) {
        acknowledged = Long.parseLong(line);
      }
      assertThat(child.exit()).isEqualTo(CrashPoints.HALT_STATUS);
    }
    assertNothingIsMissing(file, acknowledged);
    try (WriteAheadLog log = LogDirectory.open(file)) {
      long last =
          LogDirectory.entries(log).keySet().stream().mapToLong(LogPlace::group).max().orElse(0);
      assertThat(last).as("the group that was not committed is not there").isEqualTo(acknowledged);
    }
  }

  @Test
  void theOutcomeOfAKillIsNotAStaleLock() throws Exception {
    Path file = directory.resolve("log.db");
    for (int i = 0; i < 2; i++) {
      try (ChildLog child = ChildLog.appending(file)) {
        assertThat(child.line()).isNotNull();
        child.kill();
      }
    }
    LogDirectory.open(file).close();
  }

  private static long complete(String line, long previous) {
    long group = Long.parseLong(line);
    return group == previous + 1 ? group : previous;
  }

  private static void assertNothingIsMissing(Path file, long acknowledged) {
    try (WriteAheadLog log = LogDirectory.open(file)) {
      Map<LogPlace, Entry> found = LogDirectory.entries(log);
      long first = found.keySet().iterator().next().group();
      long last = found.keySet().stream().mapToLong(LogPlace::group).max().orElseThrow();
      assertThat(first).isLessThanOrEqualTo(Math.max(1, acknowledged - 1000));
      assertThat(last).isBetween(acknowledged, acknowledged + 1);
      assertThat(found).hasSize((int) (2 * (last - first + 1)));
      assertThat(log.clockCeiling()).isGreaterThanOrEqualTo(acknowledged);
    }
  }
}
