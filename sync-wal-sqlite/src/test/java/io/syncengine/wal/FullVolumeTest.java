// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.model.DurabilityException;
import io.syncengine.spi.LogPlace;
import io.syncengine.spi.WriteAheadLog;
import io.syncengine.testkit.Entries;
import io.syncengine.testkit.TestLogConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A volume of 8 MiB that fills up. Runs where this user may mount one. */
class FullVolumeTest {
  private static final Map<String, String> SMALL =
      Map.of(LogOptions.RESERVE_BYTES, "1048576", LogOptions.CHECKPOINT_BYTES, "262144");

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"65536", "262144", "1048576", "4194304"})
  void truncatingInStepsWorksWhateverSqliteHasNotMergedYet(String checkpointBytes)
      throws Exception {
    try (SmallVolume volume = SmallVolume.mount(directory, "8m")) {
      TestLogConfig config =
          TestLogConfig.at(volume.path().resolve("log.db"))
              .withProperties(
                  Map.of(
                      LogOptions.RESERVE_BYTES,
                      "1048576",
                      LogOptions.CHECKPOINT_BYTES,
                      checkpointBytes));
      try (WriteAheadLog log = LogDirectory.open(config)) {
        for (int round = 0; round < 3; round++) {
          long first = appendOne(log, round);
          long last = appendUntilFull(log);
          for (long below = first; below <= last; below += 5) {
            log.truncateBelow(below);
            assertThat(LogDirectory.entries(log)).hasSize((int) (last - below + 1));
          }
          log.truncateBelow(last + 1);
          log.reopen();
        }
        assertThat(appendOne(log, 9)).isPositive();
      }
    }
  }

  @Test
  void aLogThatFilledItsVolumeIsTruncatedAndGoesOn() throws Exception {
    try (SmallVolume volume = SmallVolume.mount(directory, "8m")) {
      Path file = volume.path().resolve("log.db");
      Path reserve = volume.path().resolve("log.db.reserve");
      try (WriteAheadLog log = open(file)) {
        assertThat(reserve).hasSize(1 << 20);
        long last = appendUntilFull(log);
        assertThat(reserve).doesNotExist();
        assertThat(log.diskUse()).isGreaterThan(0.6);
        assertThat(log.read(new LogPlace(last, 0))).isPresent();
        assertThatThrownBy(log::reopen).isInstanceOf(DurabilityException.class);
        assertThatThrownBy(() -> appendOne(log, 1)).isInstanceOf(DurabilityException.class);
        assertThat(LogDirectory.entries(log)).hasSize((int) last);

        log.truncateBelow(last);
        assertThat(LogDirectory.entries(log)).hasSize(1);
        assertThat(log.bytes()).isLessThan(400_000);
        log.reopen();
        assertThat(reserve).hasSize(1 << 20);
        assertThat(log.diskUse()).isLessThan(0.6);
        for (int i = 0; i < 20; i++) {
          last = appendOne(log, i);
        }
      }
      try (WriteAheadLog log = open(file)) {
        assertThat(LogDirectory.entries(log)).hasSize(21);
      }
    }
  }

  @Test
  void aVolumeThatOthersFilledTakesTruncationsButNoAppendsUntilThereIsRoom() throws Exception {
    try (SmallVolume volume = SmallVolume.mount(directory, "8m")) {
      Path file = volume.path().resolve("log.db");
      try (WriteAheadLog log = open(file)) {
        long last = 0;
        for (int i = 0; i < 10; i++) {
          last = appendOne(log, i);
        }
        Path others = volume.path().resolve("others");
        SmallVolume.fill(others);
        long acknowledged = last;
        while (true) {
          try {
            acknowledged = appendOne(log, 1);
          } catch (DurabilityException e) {
            break;
          }
        }
        SmallVolume.fill(volume.path().resolve("more")); // even what the reserve gave back
        long kept = acknowledged;
        assertThat(LogDirectory.entries(log)).hasSize((int) kept);
        assertThatThrownBy(log::reopen).isInstanceOf(DurabilityException.class);
        Files.delete(volume.path().resolve("more"));
        log.truncateBelow(kept);
        assertThat(LogDirectory.entries(log)).hasSize(1);

        Files.delete(others);
        log.reopen();
        assertThat(appendOne(log, 2)).isGreaterThan(kept);
        assertThat(volume.path().resolve("log.db.reserve")).hasSize(1 << 20);
      }
    }
  }

  @Test
  void aLogOpensOnAFullVolumeAndCanBeTruncated() throws Exception {
    try (SmallVolume volume = SmallVolume.mount(directory, "8m")) {
      Path file = volume.path().resolve("log.db");
      long last;
      try (WriteAheadLog log = open(file)) {
        last = appendOne(log, 1);
        last = appendOne(log, 2);
      }
      SmallVolume.fill(volume.path().resolve("others"));
      try (WriteAheadLog log = open(file)) {
        assertThat(LogDirectory.entries(log)).hasSize(2);
        log.truncateBelow(last);
        assertThat(LogDirectory.entries(log)).hasSize(1);
      }
    }
  }

  private static WriteAheadLog open(Path file) {
    return LogDirectory.open(TestLogConfig.at(file).withProperties(SMALL));
  }

  private static long appendOne(WriteAheadLog log, int seed) {
    byte[] content = new byte[100_000];
    new Random(seed).nextBytes(content);
    return log.append(List.of(Entries.value("id", 1, content)), 1);
  }

  private static long appendUntilFull(WriteAheadLog log) {
    long last = 0;
    for (int i = 0; i < 200; i++) {
      try {
        last = appendOne(log, i);
      } catch (DurabilityException e) {
        return last;
      }
    }
    throw new AssertionError("8 MiB took 20 MB");
  }
}
