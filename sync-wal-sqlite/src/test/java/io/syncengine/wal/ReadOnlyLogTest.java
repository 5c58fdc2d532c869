// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.model.SyncEngineException;
import io.syncengine.spi.DeadLetterStore;
import io.syncengine.spi.LogPlace;
import io.syncengine.spi.WriteAheadLog;
import io.syncengine.testkit.Entries;
import io.syncengine.testkit.TestLogConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ReadOnlyLogTest {
  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("log.db");
  }

  @Test
  void readsBesideAWriterInAnotherProcess() throws Exception {
    try (ChildLog child = ChildLog.holding(file)) {
      assertThat(child.line()).isEqualTo("ready");
      try (WriteAheadLog reader = readOnly(file)) {
        assertThat(LogDirectory.entries(reader)).hasSize(1);
        assertThat(reader.clockCeiling()).isEqualTo(1);
      }
      child.kill();
    }
    try (WriteAheadLog reader = readOnly(file)) {
      assertThat(LogDirectory.entries(reader)).as("after a crash").hasSize(1);
    }
    try (WriteAheadLog writer = LogDirectory.open(file)) {
      assertThat(LogDirectory.entries(writer)).hasSize(1);
    }
  }

  /** The system's locks of this process on a file, by its inode. */
  private static List<String> locksOn(Path file) throws IOException {
    String inode = ":" + Files.getAttribute(file, "unix:ino") + " ";
    try (Stream<String> locks = Files.lines(Path.of("/proc/locks"))) {
      return locks
          .filter(line -> line.contains(inode))
          .filter(line -> line.contains(" " + ProcessHandle.current().pid() + " "))
          .map(line -> line.substring(line.indexOf(' ')))
          .sorted()
          .toList();
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aSecondEngineOfTheProcessDroppedTheLocksOfTheFirst() throws IOException {
    try (WriteAheadLog writer = LogDirectory.open(file)) {
      writer.append(List.of(Entries.value("a", 1, "x")), 1);
      List<String> before = locksOn(file);
      assertThat(before).isNotEmpty();
      assertThatThrownBy(() -> LogDirectory.open(file)).isInstanceOf(SyncEngineException.class);
      assertThat(locksOn(file)).isEqualTo(before);
      try (WriteAheadLog reader = readOnly(file)) {
        assertThat(LogDirectory.entries(reader)).hasSize(1);
      }
      assertThat(locksOn(file)).isEqualTo(before);
    }
  }

  @Test
  void seesWhatAWriterDoesMeanwhile() {
    try (WriteAheadLog writer = LogDirectory.open(file);
        WriteAheadLog reader = readOnly(file)) {
      long one = writer.append(List.of(Entries.value("a", 1, "x")), 1);
      assertThat(LogDirectory.entries(reader)).hasSize(1);
      long two = writer.append(List.of(Entries.value("b", 1, "x")), 1);
      writer.truncateBelow(two);
      assertThat(reader.read(new LogPlace(one, 0))).isEmpty();
      assertThat(reader.read(new LogPlace(two, 0))).isPresent();
    }
  }

  @Test
  void opensWithoutAWriterAndLeavesNothingBehind() throws Exception {
    appendOne(file);
    Map<String, String> before = LogDirectory.contents(directory);
    try (WriteAheadLog reader = readOnly(file)) {
      assertThat(LogDirectory.entries(reader)).hasSize(1);
      assertThat(reader.state("k")).contains("v");
      assertThat(reader.capability(DeadLetterStore.class).orElseThrow().count()).isZero();
      assertThat(LogDirectory.contents(directory)).isEqualTo(before);
    }
    assertThat(LogDirectory.contents(directory)).isEqualTo(before);
  }

  @Test
  void noticesAWriterThatComesLater() throws Exception {
    appendOne(file);
    try (WriteAheadLog reader = readOnly(file)) {
      assertThat(LogDirectory.entries(reader)).hasSize(1);
      try (WriteAheadLog writer = LogDirectory.open(file)) {
        writer.append(List.of(Entries.value("b", 1, "x")), 1);
        assertThat(LogDirectory.entries(reader)).hasSize(2);
      }
      appendOne(file);
      assertThat(LogDirectory.entries(reader)).hasSize(3);
    }
  }

  @Test
  void readsFromAVolumeThatCannotBeWritten() throws Exception {
    try (SmallVolume volume = SmallVolume.mount(directory, "16m")) {
      Path there = volume.path().resolve("log.db");
      appendOne(there);
      volume.freeze();
      try (WriteAheadLog reader = readOnly(there)) {
        assertThat(LogDirectory.entries(reader)).hasSize(1);
      }
      assertThatThrownBy(() -> LogDirectory.open(there))
          .isInstanceOf(SyncEngineException.class)
          .hasMessageContaining("cannot be written");
    }
  }

  @Test
  void refusesToWrite() throws Exception {
    appendOne(file);
    try (WriteAheadLog reader = readOnly(file)) {
      var entry = Entries.value("a", 1, "x");
      assertThatThrownBy(() -> reader.append(List.of(entry), 1))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> reader.truncateBelow(9)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(reader::reopen).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> reader.putState("k", "w")).isInstanceOf(IllegalStateException.class);
      DeadLetterStore letters = reader.capability(DeadLetterStore.class).orElseThrow();
      assertThatThrownBy(() -> letters.add(entry, "REFUSED", "", 1))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> letters.remove(1)).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void isRefusedWhereThereIsNoLog() {
    assertThatThrownBy(() -> readOnly(file))
        .isInstanceOf(SyncEngineException.class)
        .hasMessageContaining("there is no write-ahead log");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void isRefusedBeforeOpenAndAfterClose() throws Exception {
    WriteAheadLog log = new SqliteWriteAheadLogProvider().create();
    assertThatThrownBy(log::bytes).isInstanceOf(IllegalStateException.class);
    log.close();
    appendOne(file);
    WriteAheadLog closed = readOnly(file);
    closed.close();
    assertThatThrownBy(() -> closed.read(new LogPlace(1, 0)))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> closed.open(TestLogConfig.at(file)))
        .isInstanceOf(IllegalStateException.class);
    assertThat(Files.exists(file)).isTrue();
  }

  private static WriteAheadLog readOnly(Path file) {
    return LogDirectory.open(TestLogConfig.at(file).withReadOnly(true));
  }

  private static void appendOne(Path file) {
    try (WriteAheadLog log = LogDirectory.open(file)) {
      log.putState("k", "v");
      log.append(List.of(Entries.value("a", 1, "x")), 1);
    }
  }
}
