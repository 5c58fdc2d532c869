// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job, with nothing but the command, in any folder. */
class DemoIT {
  @TempDir private Path folder;
  private SyncProcess sync;
  private Path demo;

  @BeforeEach
  void setUp() {
    sync = new SyncProcess(folder);
    demo = folder.resolve("sync-data").resolve("demo");
  }

  @Test
  void comparesEveryItemAndCanBeRunAgain() throws IOException {
    sync.with("SYNC_SQL_URL", "sqlite:not-this.db").with("SYNC_NAMESPACE", "nor_this");

    List<String> command = SyncProcess.java();
    command.add(1, "-Dsync.called=./sync"); // as README.md calls it
    command.addAll(List.of("demo", "--no-progress"));
    String text = sync.await(sync.start(command)).done().text();
    assertThat(shape(text)).isEqualTo(shape(documented()));
    assertThat(text)
        .contains(
            "Release 7.0.0, 17,783 lines: 17,783 added, 0 changed",
            "Release 8.0.0, 19,752 lines: 2,031 added, 8,919 changed, 8,802 unchanged, 62 deleted",
            "Read back: 19,752 items: 19,752 equal the file, 0 differ; answered by L3 19,752 (median ",
            "Read again: 19,752 items: 19,752 equal the file, 0 differ; answered by L1 19,752 (median ",
            "of the 62 that release 8.0.0 has removed, none is left",
            "Everything equals the file.");
    assertThat(sync.run("demo", "--json").done().text())
        .endsWith("\"stored\":19752,\"removed\":62,\"removedLeft\":0,\"equal\":true}\n");
    assertThat(folder.resolve("not-this.db")).doesNotExist();
  }

  /** The demo's output in README.md. */
  private static String documented() throws IOException {
    String start = "<!-- checked by: DemoIT -->\n```text\n";
    String readme = Files.readString(Path.of("..", "README.md"));
    int from = readme.indexOf(start) + start.length();
    return readme.substring(from, readme.indexOf("```", from));
  }

  /** Without the figures, which differ from run to run. */
  private static String shape(String text) {
    return text.replaceAll("[0-9][0-9.,]*", "#");
  }

  @Test
  void leavesForeignFilesAlone() throws IOException {
    Files.createDirectories(demo);
    Path foreign = Files.writeString(demo.resolve("items.db"), "somebody's");
    sync.run("demo").exits(2).says("holds files that are not the demo's");

    Files.writeString(demo.resolve("sync-demo"), "");
    Files.writeString(demo.resolve("letter.txt"), "dear");
    sync.run("demo").exits(2).says("holds files that are not the demo's");

    assertThat(foreign).hasContent("somebody's");
    assertThat(demo.resolve("letter.txt")).hasContent("dear");
  }
}
