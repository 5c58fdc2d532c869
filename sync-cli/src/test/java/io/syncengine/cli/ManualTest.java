// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManualTest {
  @ParameterizedTest
  @ValueSource(strings = {"sync", "./sync", "syncengine"})
  void eachCommandHasItsPage(String called) {
    Map<String, String> helps = Help.of(called);

    assertThat(helps.keySet())
        .containsExactly(
            "",
            "demo",
            "ingest",
            "get",
            "ls",
            "export",
            "import",
            "status",
            "stats",
            "verify",
            "repair",
            "tree",
            "watch",
            "delete",
            "completion",
            "help");
    helps.forEach(
        (command, help) -> {
          assertThat(help)
              .startsWith(("Usage: " + called + " " + command).strip() + " [OPTIONS]")
              .containsSubsequence("\n\nOptions:\n", "--help", "\n\nExit codes:\n", "\n  130 ")
              .containsSubsequence("\n\nEnvironment:\n  SYNC_SQL_URL ", "\n\nExamples:\n")
              .doesNotContain("%", "${", "\n\n\n")
              .endsWith("\n");
          assertThat(Help.examples(help)).isNotEmpty().allMatch(e -> e.contains(called + " "));
          assertThat(help.lines()).as(command).allMatch(line -> line.length() <= 80);
        });
  }

  @Test
  void thePageOfTheWholeNamesAllCommands() {
    Map<String, String> helps = Help.of("sync");

    String all = helps.remove("");
    assertThat(all).contains("\n\nCommands:\n");
    helps.forEach(
        (command, help) -> {
          String summary = help.lines().skip(1).findFirst().orElseThrow();
          assertThat(all).containsPattern("\n  " + command + " +\\Q" + summary + "\\E\n");
        });
  }
}
