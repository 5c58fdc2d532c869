// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.model.ReadOption;
import io.syncengine.model.ReadResult;
import io.syncengine.model.Source;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** README's quick start, run as a program of its own, since its paths are relative. */
class QuickStartTest {
  @TempDir private Path folder;

  @Test
  void leavesATombstoneInTheGroundTruth() throws Exception {
    Path data = Files.createDirectory(folder.resolve("data"));

    assertThat(run(0)).contains("the ground truth is L3 SQLite");

    assertThat(data.resolve("sync.wal")).isRegularFile();
    var config = SyncEngineConfig.builder().sqlUrl("sqlite:" + data.resolve("items.db"));
    try (SyncEngine engine = SyncEngine.open(config.build())) {
      // Asks the ground truth itself: the filter would say absent, and not by which delete.
      ReadResult read = engine.read("uk.nhs.patient.record.12345", ReadOption.VERIFY);
      assertThat(read.item()).isEmpty();
      assertThat(read.source()).isEqualTo(Source.L3);
      assertThat(read.revision().orElseThrow().tombstone()).isTrue();
    }
  }

  @Test
  void saysThatItsFolderHasToExist() throws Exception {
    assertThat(run(1)).contains("data").containsIgnoringCase("exist");
  }

  /** Runs the program in the test's folder and returns what it prints. */
  private String run(int exitCode) throws IOException, InterruptedException {
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                QuickStart.class.getName())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();
      assertThat(process.exitValue()).as(Files.readString(output)).isEqualTo(exitCode);
    } finally {
      process.destroyForcibly();
    }
    return Files.readString(output, StandardCharsets.UTF_8);
  }
}
