// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.cli.SyncProcess.Result;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code ingest --mirror} deletes and what it does not. */
class MirrorIT {
  @TempDir private Path folder;
  private SyncProcess sync;

  @BeforeEach
  void store() {
    sync = new SyncProcess(folder);
    ingest("a", "a.1", "a.2", "a.3", "ab", "b").done();
  }

  @Test
  void deletesWhatTheInputLacksUnderThePrefixAlone() {
    assertThat(ingest("--mirror=a", "a", "a.1", "a.4").exits(0).text())
        .contains("1 added, 0 changed, 2 unchanged, 2 deleted");

    assertThat(ids()).isEqualTo("a a.1 a.4 ab b");
  }

  @Test
  void aTrailingDotLeavesTheTopOut() {
    ingest("--mirror=a.", "a.1", "a.2", "a.3").done();

    assertThat(ids()).isEqualTo("a a.1 a.2 a.3 ab b");
  }

  @Test
  void anEmptyPrefixIsEverything() {
    ingest("--mirror=", "a", "a.1", "a.2").done();

    assertThat(ids()).isEqualTo("a a.1 a.2");
  }

  @Test
  void moreThanHalfHasToBeConfirmed() {
    Result refused = ingest("--mirror=a", "a.1", "new").exits(2);
    refused.says("3 of the 4 items", "none was deleted", "--yes");
    assertThat(refused.text()).contains("1 added", "0 deleted");
    assertThat(ids()).isEqualTo("a a.1 a.2 a.3 ab b new");

    ingest("--yes", "--mirror=a", "a.1").done();
    assertThat(ids()).isEqualTo("a.1 ab b new");
  }

  @Test
  void newIdsDoNotHideThatAllOldOnesGo() {
    ingest("--mirror=a", "a.5", "a.6", "a.7", "a.8").exits(2).says("4 of the 4");
  }

  @Test
  void anEmptyInputHasToBeConfirmed() {
    ingest("--mirror=a").exits(2).says("--yes");
    ingest("--mirror=none").done();
  }

  @Test
  void aRefusedLineKeepsEverything() {
    byte[] lines = "{\"id\":\"a\",\"content\":1}\n{\"id\":\"a.1\"\n".getBytes(UTF_8);

    Result result = sync.run(lines, "ingest", "-", "--mirror=a", "--yes").exits(3);

    assertThat(result.err()).contains("line 2 refused", "nothing was deleted");
    assertThat(ids()).isEqualTo("a a.1 a.2 a.3 ab b");
  }

  @Test
  void anInputCutShortKeepsEverything() throws java.io.IOException {
    byte[] whole = NdjsonReaderTest.zipped(lines("a", "a.1").getBytes(UTF_8));
    byte[] cut = java.util.Arrays.copyOf(whole, whole.length - 9);

    assertThat(sync.run(cut, "ingest", "-", "--mirror=a", "--yes").exits(3).err())
        .contains("breaks off");
    assertThat(ids()).isEqualTo("a a.1 a.2 a.3 ab b");
  }

  @Test
  void aPrefixThatNoIdCanHaveIsRefusedFirst() {
    ingest("--mirror=a\nb", "new").exits(2).says("control character");
    assertThat(ids()).doesNotContain("new");
  }

  /** Options begin with two dashes; the rest are ids. */
  private Result ingest(String... words) {
    String[] options =
        java.util.Arrays.stream(words).filter(w -> w.startsWith("--")).toArray(String[]::new);
    String[] ids =
        java.util.Arrays.stream(words).filter(w -> !w.startsWith("--")).toArray(String[]::new);
    String[] command = java.util.Arrays.copyOf(new String[] {"ingest", "-"}, 2 + options.length);
    System.arraycopy(options, 0, command, 2, options.length);
    return sync.run(lines(ids).getBytes(UTF_8), command);
  }

  private static String lines(String... ids) {
    StringBuilder lines = new StringBuilder();
    for (String id : ids) {
      lines.append("{\"id\":\"").append(id).append("\",\"content\":1}\n");
    }
    return lines.toString();
  }

  private String ids() {
    return sync.run("export").done().text().replaceAll("\\{\"id\":\"(.*?)\".*\n", "$1 ").trim();
  }
}
