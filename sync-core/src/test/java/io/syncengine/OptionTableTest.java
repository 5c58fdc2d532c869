// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.SyncEngineConfig.OptionInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** README's option table and the builder's documentation are the code's. */
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

  @Test
  void theBuilderSaysWhatIsAllowedAndTheDefault() throws IOException {
    String source =
        Files.readString(Path.of("src/main/java/io/syncengine/SyncEngineConfig.java"))
            .replaceAll("\\s+(\\* +)?", " ");
    assertThat(SyncEngineConfig.options())
        .allSatisfy(option -> assertThat(source).contains("@param value " + parameter(option)));
  }

  /** As the builder takes it: not as text, so without the units of text. */
  private static String parameter(OptionInfo option) {
    String allowed =
        option
            .allowed()
            .replace(" or a number with KB, MB, GB;", "")
            .replace("milliseconds, or a number with ms, s, m, h, d; ", "");
    String unit = option.key().endsWith("_ms") ? " ms" : "";
    String byDefault =
        option.defaultValue().isEmpty()
            ? "none by default"
            : "by default {@code " + option.defaultValue() + "}" + unit;
    return "the value of {@code " + option.key() + "}: {@code " + allowed + "}, " + byDefault;
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
