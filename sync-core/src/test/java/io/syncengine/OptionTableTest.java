// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.SyncEngineConfig.OptionInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** README's option table is the code's. */
class OptionTableTest {
  @Test
  void theReadmeListsEveryOptionAndNoOther() throws IOException {
    List<String> rows =
        Files.readAllLines(Path.of("..", "README.md")).stream()
            .dropWhile(line -> !line.equals("## Options"))
            .takeWhile(line -> !line.equals("## Pressure"))
            .filter(line -> line.startsWith("| `"))
            .toList();
    assertThat(rows)
        .containsExactlyElementsOf(
            SyncEngineConfig.options().stream().map(OptionTableTest::row).toList());
  }

  private static String row(OptionInfo option) {
    String defaultValue = option.defaultValue();
    return String.join(
        " | ",
        "| `" + option.key() + "`",
        defaultValue.isEmpty() ? "none" : "`" + defaultValue + "`",
        option.hot() ? "yes" : "restart",
        option.description() + " |");
  }
}
