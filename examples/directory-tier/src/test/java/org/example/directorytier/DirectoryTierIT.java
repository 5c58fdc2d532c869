// SPDX-License-Identifier: AGPL-3.0-only
package org.example.directorytier;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.model.Ack;
import io.syncengine.model.Source;
import io.syncengine.model.SyncItem;
import io.syncengine.spi.TierProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tier as an engine finds it: by its URL, out of its jar. */
class DirectoryTierIT {
  @TempDir private Path folder;

  @Test
  void theProviderComesOutOfTheJar() {
    assertThat(ServiceLoader.load(TierProvider.class).stream())
        .anyMatch(p -> p.type() == DirectoryTierProvider.class);
    assertThat(DirectoryTierProvider.class.getProtectionDomain().getCodeSource().getLocation())
        .asString()
        .endsWith(".jar");
  }

  // region engine
  @Test
  void anEngineKeepsItsItemsInTheDirectory() {
    var config =
        SyncEngineConfig.fromProperties(Map.of("sql_url", "dir:" + folder.resolve("store")));
    try (SyncEngine engine = SyncEngine.open(config)) {
      engine.submit(SyncItem.of("a.b", "1"), Ack.PERSISTED);
      engine.submit(SyncItem.of("a.c", "2"), Ack.PERSISTED);
      engine.delete("a.c", Ack.PERSISTED);
    }
    try (SyncEngine engine = SyncEngine.open(config)) {
      assertThat(engine.read("a.b").source()).isEqualTo(Source.L3);
      assertThat(engine.get("a.c")).isEmpty();
      assertThat(engine.scan("a").map(SyncItem::id)).containsExactly("a.b");
    }
  }

  // endregion

  @Test
  void itsDirectoryIsPrivate() throws Exception {
    var config =
        SyncEngineConfig.fromProperties(Map.of("sql_url", "dir:" + folder.resolve("store")));
    SyncEngine.open(config).close();

    assertThat(Files.getPosixFilePermissions(folder.resolve("store")))
        .extracting(Enum::name)
        .containsExactlyInAnyOrder("OWNER_READ", "OWNER_WRITE", "OWNER_EXECUTE");
  }
}
