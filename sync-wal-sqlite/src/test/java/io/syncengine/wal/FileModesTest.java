// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.spi.WriteAheadLog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisabledOnOs(OS.WINDOWS)
class FileModesTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"000", "022", "077"})
  void onlyTheOwnerCanReadAnyOfTheFiles(String umask) throws Exception {
    Path file = directory.resolve("log.db");
    try (ChildLog child = ChildLog.holdingUnderUmask(umask, file)) {
      assertThat(child.line()).isEqualTo("ready");
      assertThat(LogDirectory.names(directory))
          .containsExactlyInAnyOrder(
              "log.db", "log.db-wal", "log.db-shm", "log.db.lock", "log.db.reserve");
      assertAllOwnerOnly();
    }
  }

  @Test
  void aLogThatWasCopiedWithLooserModesIsTightened() throws Exception {
    Path file = directory.resolve("log.db");
    LogDirectory.open(file).close();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    try (WriteAheadLog log = LogDirectory.open(file)) {
      assertThat(log.bytes()).isPositive();
      assertAllOwnerOnly();
    }
  }

  private void assertAllOwnerOnly() throws Exception {
    for (String name : LogDirectory.names(directory)) {
      assertThat(
              PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(name))))
          .as(name)
          .isEqualTo("rw-------");
    }
  }
}
