// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
  private final CommonOptions options = new CommonOptions();

  @Test
  void embeddedByDefault() {
    assertThat(Settings.resolve(options, Map.of()))
        .containsOnly(
            Map.entry("sql_url", "sqlite:sync-data/items.db"),
            Map.entry("wal_path", "sync-data/sync.wal"));
  }

  @Test
  void eachLayerWinsOverTheOneBefore(@TempDir Path folder) throws IOException {
    options.config = Files.writeString(folder.resolve("c"), "sql_url=sqlite:file\nname=file\n");
    assertThat(Settings.resolve(options, Map.of())).containsEntry("sql_url", "sqlite:file");

    Map<String, String> environment = Map.of("SYNC_SQL_URL", "sqlite:env", "SYNC_OTHER", "x");
    assertThat(Settings.resolve(options, environment))
        .containsEntry("sql_url", "sqlite:env")
        .containsEntry("name", "file")
        .doesNotContainValue("x");

    options.sqlUrl = "sqlite:option";
    assertThat(Settings.resolve(options, environment)).containsEntry("sql_url", "sqlite:option");

    options.set.put("sql_url", "sqlite:set");
    assertThat(Settings.resolve(options, environment)).containsEntry("sql_url", "sqlite:set");
  }

  @Test
  void theLogStaysUnlessTheGroundTruthIsMemoryOrItIsEmpty() {
    options.sqlUrl = "sqlite:other";
    assertThat(Settings.resolve(options, Map.of())).containsKey("wal_path");

    options.sqlUrl = "memory:";
    assertThat(Settings.resolve(options, Map.of())).doesNotContainKey("wal_path");

    options.sqlUrl = null;
    options.walPath = "";
    assertThat(Settings.resolve(options, Map.of())).doesNotContainKey("wal_path");
  }

  @Test
  void aMissingFileIsNamed() {
    options.config = Path.of("no-such-file");

    assertThatThrownBy(() -> Settings.resolve(options, Map.of()))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("no-such-file");
  }
}
