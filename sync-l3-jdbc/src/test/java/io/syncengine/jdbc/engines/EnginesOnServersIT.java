// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc.engines;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.SyncEngine;
import io.syncengine.jdbc.JavaChild;
import io.syncengine.jdbc.JdbcTier;
import io.syncengine.jdbc.JdbcTierProvider;
import io.syncengine.testkit.TestTierConfig;
import io.syncengine.testkit.servers.SqlDatabase;
import io.syncengine.testkit.servers.SqlServerExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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
      ThreeEngines.run(folder, TIME, this::options, this::course);
    }

    private List<String> options(int number) {
      List<String> options = new ArrayList<>(List.of("sql_url=" + server.database().url()));
      options.addAll(WritingEngine.writing(folder.resolve("log-" + number + ".db")));
      return options;
    }

    private void course(ThreeEngines engines) throws Exception {
      try (JdbcTier tier = (JdbcTier) new JdbcTierProvider().create()) {
        tier.open(TestTierConfig.defaults().withUrl(server.database().url()));
        engines.pass(TIME.dividedBy(2));
        engines.kill(0);
        engines.checkPersisted(tier);
        engines.pass(TIME.dividedBy(2));
        engines.startAgain(0);
        engines.stop();
        engines.end(tier.poll(1, 0).head()).forEach(System.out::println);
        engines.check(tier);
      }
    }

    @Test
    void whatIsWrittenInAnOutageAndOverARestartIsStoredWhenTheServerIsBack() {
      new OutageOfAServer(server.database(), folder.resolve("log.db"), ITEMS).loseNothing();
    }

    @Test
    void aSmallHeapStandsAnOutageUpToCriticalAndBack() throws Exception {
      SqlDatabase database = server.database();
      String log = folder.resolve("log-0.db").toString();
      SyncEngine.open(WritingEngine.config(options(0))).close();
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
