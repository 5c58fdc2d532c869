// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.model.CorruptDataException;
import io.syncengine.model.DurabilityException;
import io.syncengine.spi.Snapshots;
import io.syncengine.spi.WriteAheadLog;
import io.syncengine.testkit.Entries;
import io.syncengine.testkit.TestLogConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What snapshots do to the log's files. */
class SnapshotFilesTest {
  private static final int CHUNK = 1 << 20;
  private static final String NAME = "filter";

  @TempDir private Path directory;

  @Test
  void aReplacedSnapshotIsWrittenInTheSpaceOfTheOneBefore() throws Exception {
    Path file = directory.resolve("log.db");
    try (WriteAheadLog log = LogDirectory.open(file)) {
      append(log);
      long before = log.bytes();
      long most = 0;
      for (int round = 0; round < 6; round++) {
        put(
            log,
            23,
            at -> {
              log.truncateBelow(append(log));
              assertThat(log.bytes()).isLessThan(before + CHUNK);
              assertThat(size(file, "-wal")).isLessThan(12L << 20);
            });
        assertThat(log.bytes()).isLessThan(before + CHUNK);
        // Both stand there for a moment, no more.
        assertThat(size(file, "")).isLessThan(50L << 20);
        most = Math.max(most, size(file, ""));
      }
      assertThat(most).isGreaterThan(40L << 20);
      snapshots(log).removeSnapshot(NAME);
      assertThat(log.bytes()).isLessThan(before + CHUNK);
    }
    assertThat(LogDirectory.names(directory)).doesNotContain("log.db-wal");
    assertThat(rows(file)).isZero();
  }

  @Test
  void whatSnapshotsTakeIsKnownToThePage() throws Exception {
    Path file = directory.resolve("log.db");
    Path without = directory.resolve("without.db");
    try (WriteAheadLog log = LogDirectory.open(file);
        WriteAheadLog other = LogDirectory.open(without)) {
      for (int i = 0; i < 3; i++) {
        put(log, 3 + i, at -> {});
        for (int n = 0; n < 30; n++) {
          append(log);
          append(other);
        }
        log.truncateBelow(10 * (i + 1)); // counts
        other.truncateBelow(10 * (i + 1));
        // What the table's own entry in the schema takes is the log's, if anything.
        assertThat(log.bytes()).isBetween(other.bytes(), other.bytes() + 2 * 8192);
      }
    }
  }

  @Test
  void aCrashInTheMiddleLeavesTheOldSnapshotAndNothingElse() throws Exception {
    Path file = directory.resolve("log.db");
    try (WriteAheadLog log = LogDirectory.open(file)) {
      put(log, 3, at -> {});
      append(log);
      for (int crashedAt = 0; crashedAt < 5; crashedAt++) {
        int middle = crashedAt;
        put(
            log,
            4,
            at -> {
              if (at == middle) {
                assertCrashLeaves(file, 3 + middle, 3);
              }
            });
        assertCrashLeaves(file, 4, 4);
        put(log, 3, at -> {});
      }
    }
  }

  /** A log at the instant of a crash: opened, it has the whole snapshot and no remains. */
  private void assertCrashLeaves(Path file, int rows, int chunks) {
    try {
      Path crashed = LogDirectory.crashed(file, directory);
      assertThat(rows(crashed)).isEqualTo(rows);
      try (WriteAheadLog log = LogDirectory.open(crashed)) {
        assertThat(snapshots(log).snapshot(NAME).orElseThrow()).hasSize(chunks);
        assertThat(LogDirectory.entries(log)).hasSize(1);
      }
      assertThat(rows(crashed)).isEqualTo(chunks);
    } catch (IOException | SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aDamagedOrMissingChunkIsTold() throws Exception {
    Path file = directory.resolve("log.db");
    String[] damage = {
      "UPDATE snapshot SET bytes=zeroblob(1048576) WHERE chunk=1",
      "UPDATE snapshot SET chunk=9 WHERE chunk=1",
      "DELETE FROM snapshot WHERE chunk=2",
      "DELETE FROM snapshot",
    };
    for (String statement : damage) {
      try (WriteAheadLog log = LogDirectory.open(file)) {
        put(log, 3, at -> {});
      }
      LogDirectory.sql(file, statement);
      try (WriteAheadLog log = LogDirectory.open(file)) {
        assertThatThrownBy(() -> snapshots(log).snapshot(NAME))
            .as(statement)
            .isInstanceOf(CorruptDataException.class)
            .hasMessageContaining("not needed");
        append(log);
      }
    }
  }

  /** As VACUUM may do it, which a truncation calls at any time: after each row that goes. */
  @Test
  void chunksThatGetOtherRowNumbersMeanwhileAreNotTakenForOldOnes() throws Exception {
    Path file = directory.resolve("log.db");
    try (WriteAheadLog log = LogDirectory.open(file)) {
      put(log, 3, at -> {});
    }
    LogDirectory.sql(
        file,
        "CREATE TRIGGER renumber AFTER DELETE ON snapshot BEGIN"
            + " UPDATE snapshot SET rowid=rowid+1000; UPDATE snapshot SET rowid=1007-rowid; END");
    try (WriteAheadLog log = LogDirectory.open(file)) {
      put(log, 3, at -> {});
      assertThat(snapshots(log).snapshot(NAME).orElseThrow()).hasSize(3);
    }
    assertThat(rows(file)).isEqualTo(3);
  }

  @Test
  void aLogWithoutTheTableIsOneWithoutSnapshots() throws Exception {
    Path file = directory.resolve("log.db");
    try (WriteAheadLog log = LogDirectory.open(file)) {
      append(log);
    }
    try (WriteAheadLog log = LogDirectory.open(TestLogConfig.at(file).withReadOnly(true))) {
      assertThat(snapshots(log).snapshot(NAME)).isEmpty();
      assertThatThrownBy(() -> put(log, 1, at -> {})).isInstanceOf(IllegalStateException.class);
    }
    try (WriteAheadLog log = LogDirectory.open(file)) {
      assertThat(snapshots(log).snapshot(NAME)).isEmpty();
      put(log, 2, at -> {});
    }
    try (WriteAheadLog log = LogDirectory.open(TestLogConfig.at(file).withReadOnly(true))) {
      assertThat(snapshots(log).snapshot(NAME).orElseThrow()).hasSize(2);
    }
  }

  @Test
  void aFullVolumeRefusesASnapshotAndKeepsTheReserveForTheLog() throws Exception {
    try (SmallVolume volume = SmallVolume.mount(directory, "24m")) {
      Path file = volume.path().resolve("log.db");
      Path reserve = volume.path().resolve("log.db.reserve");
      TestLogConfig config =
          TestLogConfig.at(file)
              .withProperties(
                  Map.of(
                      LogOptions.RESERVE_BYTES, "1048576", LogOptions.CHECKPOINT_BYTES, "262144"));
      try (WriteAheadLog log = LogDirectory.open(config)) {
        put(log, 2, at -> {});
        long before = log.bytes();
        List<Integer> asked = new ArrayList<>();
        assertThatThrownBy(() -> put(log, 40, asked::add)).isInstanceOf(DurabilityException.class);
        assertThat(asked).hasSizeBetween(3, 39);
        assertThat(reserve).hasSize(1 << 20);
        assertThat(snapshots(log).snapshot(NAME).orElseThrow()).hasSize(2);
        assertThat(log.bytes()).isLessThan(before + CHUNK);

        // Others fill the volume while a chunk is made: as far as they can.
        Path others = volume.path().resolve("others");
        assertThatThrownBy(() -> put(log, 3, at -> SmallVolume.fill(others)))
            .isInstanceOf(DurabilityException.class);
        assertThat(reserve).hasSize(1 << 20);
        assertThat(snapshots(log).snapshot(NAME).orElseThrow()).hasSize(2);
        Files.delete(others);
        long group = append(log);
        log.truncateBelow(group + 1);
        put(log, 3, at -> {});
        assertThat(snapshots(log).snapshot(NAME).orElseThrow()).hasSize(3);
      }
    }
  }

  private static void put(WriteAheadLog log, int chunks, IntConsumer announced) {
    Iterator<byte[]> made =
        IntStream.range(0, chunks)
            .mapToObj(
                at -> {
                  announced.accept(at);
                  byte[] chunk = new byte[CHUNK];
                  new Random(at).nextBytes(chunk);
                  return chunk;
                })
            .iterator();
    snapshots(log).putSnapshot(NAME, made);
  }

  private static Snapshots snapshots(WriteAheadLog log) {
    return log.capability(Snapshots.class).orElseThrow();
  }

  private static long append(WriteAheadLog log) {
    return log.append(List.of(Entries.value("id", 1, new byte[10_000])), 1);
  }

  private static long rows(Path file) throws SQLException {
    try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file);
        ResultSet row = c.createStatement().executeQuery("SELECT count(*) FROM snapshot")) {
      return row.getLong(1);
    }
  }

  private static long size(Path file, String suffix) {
    try {
      Path path = FileModes.beside(file, suffix);
      return Files.exists(path) ? Files.size(path) : 0;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
