// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.model.SyncEngineException;
import io.syncengine.spi.WriteAheadLog;
import io.syncengine.testkit.Entries;
import io.syncengine.testkit.TestLogConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What is not our log is refused by one line that says what to do, and is not touched. */
class ForeignFileTest {
  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("log.db");
  }

  @Test
  void aFileThatIsNoDatabase() throws Exception {
    Files.writeString(file, "a shopping list, long enough to be taken for a header.\n".repeat(90));
    assertRefusedUntouched("is not a database");
  }

  @Test
  void aShortFileThatIsNoDatabase() throws Exception {
    Files.writeString(file, "x");
    assertRefusedUntouched("is not a database");
  }

  @Test
  void theDatabaseOfAnotherApplication() throws Exception {
    LogDirectory.sql(file, "CREATE TABLE mine(x)", "INSERT INTO mine VALUES(1)");
    assertRefusedUntouched("another application");
  }

  @Test
  void theDatabaseOfAnotherApplicationInWalMode() throws Exception {
    LogDirectory.sql(
        file, "PRAGMA journal_mode=WAL", "PRAGMA application_id=7", "CREATE TABLE mine(x)");
    assertRefusedUntouched("another application");
  }

  @Test
  void aLogOfANewerVersion() throws Exception {
    LogDirectory.open(file).close();
    LogDirectory.sql(file, "PRAGMA user_version=2");
    assertRefusedUntouched("newer version");
  }

  @Test
  void aLogOfAnotherNamespace() throws Exception {
    try (WriteAheadLog log = LogDirectory.open(TestLogConfig.at(file).withNamespace("shop"))) {
      log.append(List.of(Entries.value("a", 1, "x")), 1);
    }
    assertRefusedUntouched("another namespace");
  }

  @Test
  void aDirectory() throws Exception {
    Files.createDirectory(file);
    assertRefusedUntouched("not a regular file");
  }

  @Test
  void aDirectoryThatDoesNotExist() throws Exception {
    file = directory.resolve("none").resolve("log.db");
    assertRefusedUntouched("directory exists");
  }

  @Test
  void aDirectoryThatIsAFile() throws Exception {
    Path notADirectory = Files.writeString(directory.resolve("file"), "x");
    file = notADirectory.resolve("log.db");
    assertRefusedUntouched("directory exists");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aDirectoryThatCannotBeWritten() throws Exception {
    file = Path.of("/proc/log.db"); // not even root can
    assertRefusedUntouched("cannot be written");
  }

  @Test
  void theRemainsOfALogWhoseMainFileIsGone() throws Exception {
    Files.write(directory.resolve("log.db-wal"), new byte[100]);
    assertThatThrownBy(() -> LogDirectory.open(file))
        .isInstanceOf(SyncEngineException.class)
        .hasMessageContaining("its -wal file is there");
    assertThat(file).doesNotExist();
    assertThat(directory.resolve("log.db-wal")).hasSize(100);
  }

  @Test
  void anEmptyFileBecomesALog() throws Exception {
    Files.createFile(file);
    try (WriteAheadLog log = LogDirectory.open(file)) {
      assertThat(log.append(List.of(Entries.value("a", 1, "x")), 1)).isEqualTo(1);
    }
  }

  @Test
  void whatACrashLeftOfMakingALogIsMadeAgain() throws Exception {
    Files.writeString(directory.resolve("log.db.new"), "half");
    LogDirectory.open(file).close();
    assertThat(directory.resolve("log.db.new")).doesNotExist();
  }

  @Test
  void aPathWithCharactersThatMeanSomethingInAnAddress() throws Exception {
    file = directory.resolve("a?mode=memory#b%20c & d.db");
    try (WriteAheadLog log = LogDirectory.open(file)) {
      log.append(List.of(Entries.value("a", 1, "x")), 1);
    }
    assertThat(file).isRegularFile();
  }

  @Test
  void anOptionOutOfRange() {
    for (String bad : List.of("-1", "many", "99999999999999")) {
      TestLogConfig config =
          TestLogConfig.at(file).withProperties(Map.of(LogOptions.RESERVE_BYTES, bad));
      assertThatThrownBy(() -> LogDirectory.open(config))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("sqlite.reserve_bytes is '" + bad + "'");
    }
    assertThat(file).doesNotExist();
  }

  private void assertRefusedUntouched(String why) throws IOException {
    Map<String, String> before = LogDirectory.contents(directory);
    for (boolean readOnly : new boolean[] {false, true}) {
      WriteAheadLog log = new SqliteWriteAheadLogProvider().create();
      boolean absent = !Files.exists(file);
      assertThatThrownBy(() -> log.open(TestLogConfig.at(file).withReadOnly(readOnly)))
          .isInstanceOf(SyncEngineException.class)
          .hasMessageContaining(readOnly && absent ? "" : why)
          .hasMessageNotContaining("\n");
      log.close();
    }
    assertThat(LogDirectory.contents(directory)).containsAllEntriesOf(before);
    assertThat(LogDirectory.names(directory))
        .allMatch(name -> before.containsKey(name) || name.endsWith(".lock"));
  }
}
