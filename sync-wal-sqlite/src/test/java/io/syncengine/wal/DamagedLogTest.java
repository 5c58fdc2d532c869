// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.model.CorruptDataException;
import io.syncengine.spi.LogPlace;
import io.syncengine.spi.WriteAheadLog;
import io.syncengine.testkit.Entries;
import io.syncengine.testkit.TestLogConfig;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A torn tail is dropped; whatever else is damaged is an error that names the place. */
class DamagedLogTest {
  private static final int GROUPS = 5;
  private static final int FRAME = 24 + 8192;

  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("log.db");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, GROUPS})
  void aDamagedGroupStopsTheReplayAndIsNamedWhereverItStands(int group) throws Exception {
    appendGroups(LogDirectory.open(file)).close();
    LogDirectory.sql(
        file,
        "UPDATE log SET body = substr(body, 1, 40) || x'00' || substr(body, 42) WHERE group_no="
            + group);
    try (WriteAheadLog log = LogDirectory.open(file)) {
      assertThatThrownBy(() -> LogDirectory.entries(log))
          .isInstanceOf(CorruptDataException.class)
          .hasMessageContaining("commit group " + group + " ");
      assertThatThrownBy(() -> log.read(new LogPlace(group, 0)))
          .isInstanceOf(CorruptDataException.class);
      assertThat(log.read(new LogPlace(2, 0))).isPresent();
    }
  }

  @Test
  void anyFlippedByteOfAGroupIsFound() throws Exception {
    appendGroups(LogDirectory.open(file)).close();
    Random random = new Random(7);
    for (String column : List.of("head", "body")) {
      for (int i = 0; i < 8; i++) {
        Path copy = directory.resolve("copy.db");
        Files.copy(file, copy, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        int at = 1 + random.nextInt(column.equals("head") ? 20 : 100);
        String flipped =
            "UPDATE log SET %1$s = CAST(substr(%1$s, 1, %2$d) AS BLOB) ||"
                + " CASE hex(substr(%1$s, %3$d, 1)) WHEN '5A' THEN x'5B' ELSE x'5A' END ||"
                + " substr(%1$s, %4$d) WHERE group_no=2";
        LogDirectory.sql(copy, String.format(flipped, column, at - 1, at, at + 1));
        try (WriteAheadLog log = LogDirectory.open(copy)) {
          assertThatThrownBy(() -> LogDirectory.entries(log))
              .as(column + " " + at)
              .isInstanceOf(CorruptDataException.class);
        }
      }
    }
  }

  @Test
  void aGroupUnderAnotherNumberOrCeilingIsFound() throws Exception {
    appendGroups(LogDirectory.open(file)).close();
    LogDirectory.sql(file, "UPDATE log SET ceiling = ceiling + 1 WHERE group_no=3");
    try (WriteAheadLog log = LogDirectory.open(file)) {
      assertThatThrownBy(() -> LogDirectory.entries(log)).hasMessageContaining("commit group 3 ");
    }
    LogDirectory.sql(
        file,
        "UPDATE log SET ceiling = ceiling - 1 WHERE group_no=3",
        "UPDATE log SET group_no = 9 WHERE group_no=3");
    try (WriteAheadLog log = LogDirectory.open(file)) {
      assertThatThrownBy(() -> LogDirectory.entries(log)).hasMessageContaining("commit group 9 ");
      assertThatThrownBy(() -> log.read(new LogPlace(9, 0)))
          .isInstanceOf(CorruptDataException.class);
    }
  }

  @Test
  void aDamagedFileIsCorruptData() throws Exception {
    appendGroups(LogDirectory.open(file)).close();
    byte[] bytes = Files.readAllBytes(file);
    java.util.Arrays.fill(bytes, 8192, bytes.length, (byte) 0xA5);
    Files.write(file, bytes);
    assertThatThrownBy(
            () -> {
              try (WriteAheadLog log = LogDirectory.open(file)) {
                LogDirectory.entries(log);
              }
            })
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("damaged");
  }

  @Test
  void aTornTailIsDroppedAndTheLogGoesOn() throws Exception {
    try (WriteAheadLog log = appendGroups(LogDirectory.open(file))) {
      Path crashed = LogDirectory.crashed(file, directory);
      Path sqliteLog = FileModes.beside(crashed, "-wal");
      byte[] whole = Files.readAllBytes(sqliteLog);
      int lastCommit = lastCommitFrame(whole);
      for (int cut : new int[] {1, FRAME / 2, FRAME - 1, FRAME}) {
        LogDirectory.crashed(file, directory);
        Files.write(sqliteLog, java.util.Arrays.copyOf(whole, lastCommit + FRAME - cut));
        assertTornThenGoesOn(crashed);
      }
      LogDirectory.crashed(file, directory);
      LogDirectory.flip(sqliteLog, lastCommit + 24 + 100);
      assertTornThenGoesOn(crashed);
      assertThat(LogDirectory.entries(log)).hasSize(2 * GROUPS);
    }
  }

  /** A full volume or a crash in the middle of a checkpoint: the header says more than is there. */
  @Test
  void aCheckpointThatWasCutOffLosesNothing() throws Exception {
    try (WriteAheadLog log = appendGroups(LogDirectory.open(file))) {
      Path cut = LogDirectory.crashed(file, directory);
      Path whole = Files.copy(cut, directory.resolve("whole.db"));
      Files.copy(FileModes.beside(cut, "-wal"), FileModes.beside(whole, "-wal"));
      LogDirectory.sql(whole, "PRAGMA wal_checkpoint(TRUNCATE)");
      byte[] checkpointed = Files.readAllBytes(whole);
      assertThat(checkpointed.length).isGreaterThan((int) Files.size(cut));
      byte[] firstPages = Files.readAllBytes(cut);
      System.arraycopy(checkpointed, 0, firstPages, 0, 8192);
      Files.write(cut, firstPages);

      for (boolean readOnly : new boolean[] {true, false}) {
        TestLogConfig config = TestLogConfig.at(cut).withReadOnly(readOnly);
        try (WriteAheadLog reopened = LogDirectory.open(config)) {
          assertThat(LogDirectory.entries(reopened))
              .usingRecursiveComparison()
              .isEqualTo(LogDirectory.entries(log));
        }
      }
    }
  }

  @Test
  void committedGroupsBehindADamagedFrameAreNotDroppedInSilence() throws Exception {
    try (WriteAheadLog log = appendGroups(LogDirectory.open(file))) {
      Path crashed = LogDirectory.crashed(file, directory);
      Path sqliteLog = FileModes.beside(crashed, "-wal");
      long end = Files.size(sqliteLog);
      int firstOfLast = commitFrames(Files.readAllBytes(sqliteLog), GROUPS - 1) + FRAME;
      assertThat(firstOfLast).isBetween(FRAME, (int) end - FRAME);
      for (int at : new int[] {5, 12, 17, 32 + 1, 32 + 24 + 1000, firstOfLast - 9000}) {
        LogDirectory.crashed(file, directory);
        LogDirectory.flip(sqliteLog, at);
        byte[] before = Files.readAllBytes(sqliteLog);
        assertThatThrownBy(() -> LogDirectory.open(crashed))
            .as("byte " + at)
            .isInstanceOf(CorruptDataException.class)
            .hasMessageContaining("-wal");
        assertThat(Files.readAllBytes(sqliteLog)).isEqualTo(before);
      }
      assertThat(log.bytes()).isPositive();
    }
  }

  private void assertTornThenGoesOn(Path crashed) {
    try (WriteAheadLog log = LogDirectory.open(crashed)) {
      assertThat(LogDirectory.entries(log)).hasSize(2 * (GROUPS - 1));
      assertThat(log.append(List.of(Entries.value("new", 1, "x")), 1)).isEqualTo(GROUPS);
    }
    try (WriteAheadLog log = LogDirectory.open(crashed)) {
      assertThat(LogDirectory.entries(log)).hasSize(2 * (GROUPS - 1) + 1);
    }
  }

  private static WriteAheadLog appendGroups(WriteAheadLog log) {
    byte[] content = new byte[20_000];
    new Random(3).nextBytes(content);
    for (int i = 1; i <= GROUPS; i++) {
      log.append(List.of(Entries.value("id" + i, i, content), Entries.value("s" + i, i, "x")), i);
    }
    return log;
  }

  private static int lastCommitFrame(byte[] sqliteLog) {
    return commitFrames(sqliteLog, GROUPS);
  }

  /** Where the n-th of the last {@link #GROUPS} commits ends: its last frame's start. */
  private static int commitFrames(byte[] sqliteLog, int nth) {
    java.util.ArrayList<Integer> commits = new java.util.ArrayList<>();
    for (int at = 32; at + FRAME <= sqliteLog.length; at += FRAME) {
      if (ByteBuffer.wrap(sqliteLog).getInt(at + 4) != 0) {
        commits.add(at);
      }
    }
    return commits.get(commits.size() - GROUPS + nth - 1);
  }
}
