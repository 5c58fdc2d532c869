// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.model.SyncEngineException;
import io.syncengine.spi.WriteAheadLog;
import io.syncengine.testkit.Entries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogLockTest {
  @TempDir private Path directory;

  @Test
  void anotherProcessIsRefusedUntilTheOwnerIsKilled() throws Exception {
    Path file = directory.resolve("log.db");
    try (ChildLog child = ChildLog.holding(file)) {
      assertThat(child.line()).isEqualTo("ready");
      assertInUse(file);
      child.kill();
    }
    try (WriteAheadLog log = LogDirectory.open(file)) {
      assertThat(LogDirectory.entries(log)).hasSize(1);
    }
  }

  @Test
  void aRefusedSecondEngineDoesNotDropTheLockOfTheFirst() throws Exception {
    Path file = directory.resolve("log.db");
    try (WriteAheadLog log = LogDirectory.open(file)) {
      for (int i = 0; i < 3; i++) {
        assertInUse(file);
      }
      try (ChildLog child = ChildLog.holding(file)) {
        assertThat(child.line()).startsWith("refused").contains("in use by another engine");
      }
      log.append(List.of(Entries.value("a", 1, "x")), 1);
      assertThat(LogDirectory.entries(log)).hasSize(1);
    }
    LogDirectory.open(file).close();
  }

  @Test
  void aSymbolicLinkIsTheSameLog() throws IOException {
    Path file = directory.resolve("log.db");
    Path link = Files.createDirectory(directory.resolve("d")).resolve("link.db");
    try (WriteAheadLog log = LogDirectory.open(file)) {
      assertThat(log.bytes()).isPositive();
      Files.createSymbolicLink(link, file);
      assertInUse(link);
    }
    LogDirectory.open(link).close();
    assertThat(LogDirectory.names(link.getParent())).containsExactly("link.db");
  }

  @Test
  void twoLogsInOneProcessAreTwo() {
    try (WriteAheadLog one = LogDirectory.open(directory.resolve("one.db"));
        WriteAheadLog two = LogDirectory.open(directory.resolve("two.db"))) {
      one.append(List.of(Entries.value("a", 1, "x")), 1);
      assertThat(LogDirectory.entries(two)).isEmpty();
    }
  }

  private static void assertInUse(Path file) {
    WriteAheadLog second = new SqliteWriteAheadLogProvider().create();
    assertThatThrownBy(() -> second.open(io.syncengine.testkit.TestLogConfig.at(file)))
        .isInstanceOf(SyncEngineException.class)
        .hasMessageContaining("in use by another engine")
        .hasMessageNotContaining("\n");
    second.close();
  }
}
