// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc.engines;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.SyncEngine;
import io.syncengine.jdbc.JavaChild;
import io.syncengine.testkit.TestTierConfig;
import io.syncengine.testkit.servers.SqlDatabase;
import io.syncengine.testkit.servers.SqlServerExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole engines on real servers: several processes at once, an outage, a small heap. {@code
 * -Dsync.seconds=60} lets the processes write for so long, {@code -Dsync.items=100000} writes so
 * many items in the outage.
 */
class EnginesOnServersIT {
  private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("sync.seconds", 4));
  private static final int ITEMS = Integer.getInteger("sync.items", 5_000);

  @Nested
  class OnMySql extends Clauses {
    OnMySql() {
      super(SqlServerExtension.mysql());
    }
  }

  @Nested
  class OnMariaDb extends Clauses {
    OnMariaDb() {
      super(SqlServerExtension.mariadb());
    }
  }

  abstract static class Clauses {
    @RegisterExtension final SqlServerExtension server;
    @TempDir Path folder;

    Clauses(SqlServerExtension server) {
      this.server = server;
    }

    @Test
    void threeProcessesThatWriteTheSameIdsOneOfThemKilledLoseNothing() throws Exception {
      TestTierConfig config = TestTierConfig.defaults().withUrl(server.database().url());
      new ThreeEngines(config, folder, TIME).loseNothing();
    }

    @Test
    void whatIsWrittenInAnOutageAndOverARestartIsStoredWhenTheServerIsBack() {
      new OutageOfAServer(server.database(), folder.resolve("log.db"), ITEMS).loseNothing();
    }

    @Test
    void aSmallHeapStandsAnOutageUpToCriticalAndBack() throws Exception {
      SqlDatabase database = server.database();
      String log = folder.resolve("log.db").toString();
      SyncEngine.open(WritingEngine.config(database.url(), folder.resolve("log.db"))).close();
      database.kill();
      try (JavaChild child =
          JavaChild.start(
              folder,
              "child",
              Duration.ofMinutes(5),
              List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"),
              PressedEngine.class,
              database.url(),
              log)) {
        String reached = child.line();
        database.restart();
        String end = child.line();
        assertThat(child.end()).as(child::errors).isZero();
        assertThat(reached).isEqualTo("CRITICAL");
        assertThat(end).startsWith("E ");
        System.out.println(database.product() + ": " + end.substring(2));
      }
    }
  }
}
