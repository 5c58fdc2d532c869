// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.pressure;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.SyncEngineConfig;
import io.syncengine.model.PressureLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** README's pressure table has every level, in order, with the mark at which it begins. */
class PressureTableTest {
  @Test
  void theReadmeListsEveryLevelWithItsMark() throws IOException {
    List<String> rows =
        Files.readAllLines(Path.of("..", "README.md")).stream()
            .dropWhile(line -> !line.equals("## Pressure"))
            .filter(line -> line.matches("\\| [A-Z]+ \\| \\d.*"))
            .map(line -> line.replaceFirst(" %.*", ""))
            .toList();

    assertThat(rows).isEqualTo(marks());
  }

  /** At which per cent each level begins, with the default options. */
  private static List<String> marks() {
    SyncEngineConfig config = SyncEngineConfig.builder().build();
    PressureLevels levels =
        new PressureLevels(config.backpressureWarn(), config.backpressureCritical(), 0);
    List<String> marks = new ArrayList<>();
    PressureLevel before = null;
    for (int percent = 0; percent <= 100; percent++) {
      // A hair above, since the marks are computed in binary fractions.
      PressureLevel level = levels.update(percent / 100.0 + 1e-9, percent);
      if (level != before) {
        marks.add("| " + level + " | " + percent);
      }
      before = level;
    }
    return marks;
  }
}
