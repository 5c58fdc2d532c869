// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.SyncEngine;
import io.syncengine.cli.SyncProcess.Result;
import io.syncengine.model.SyncItem;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code verify}, {@code repair} and {@code tree}; the walk-through has the rest of them. */
class CompareIT {
  private static final String LINES =
      "{\"id\":\"a.b\",\"content\":1}\n{\"id\":\"a.b-c\",\"content\":2}\n"
          + "{\"id\":\"a.b.c\",\"content\":3}\n{\"id\":\"d\",\"content\":4}\n";

  @TempDir private Path folder;
  private SyncProcess sync;

  @BeforeEach
  void setUp() {
    sync = new SyncProcess(folder);
    sync.run(LINES.getBytes(UTF_8), "ingest", "-").done();
  }

  private void other(String lines) {
    String[] there = {"ingest", "-", "--sql-url", "sqlite:other.db", "--wal-path="};
    sync.run(lines.getBytes(UTF_8), there).done();
  }

  @Test
  void anEmptyDatabaseIsFilledAndThenEqual() {
    other("");

    Result verified = sync.run("verify", "--against", "sqlite:other.db", "--json").exits(1);
    assertThat(verified.text())
        .startsWith("{\"compared\":\"L3 SQLite ")
        .contains("\"equal\":false", "\"differenceCount\":4", "\"fix\":\"NONE\"")
        .contains("{\"id\":\"a.b\",\"side\":\"other\",\"kind\":\"MISSING\",\"held\":null,")
        .hasLineCount(1);
    assertThat(sync.run("verify", "a.b", "--against", "sqlite:other.db").exits(1).text())
        .contains("below a.b\nother MISSING a.b: holds nothing, should hold ", "\n2 differences;");
    Result dry = sync.run("repair", "--dry-run", "--against", "sqlite:other.db").exits(1);
    assertThat(dry.text())
        .startsWith("dry run, nothing written: compared ")
        .contains("WOULD_REPAIR other MISSING d: ", "4 WOULD_REPAIR: leave out --dry-run");

    assertThat(sync.run("repair", "--against", "sqlite:other.db").done().text())
        .contains("4 differences, 4 repaired;");

    sync.with("SYNC_AGAINST_URL", "sqlite:other.db");
    assertThat(sync.run("verify").done().text()).contains("\nequal; ");
    assertThat(sync.run("repair", "--json").done().text())
        .startsWith("{\"dryRun\":false,")
        .contains("\"equal\":true,\"healed\":true,")
        .endsWith("\"left\":[]}\n");
  }

  @Test
  void theyWorkBesideARunningEngineThatHoldsTheLog() {
    other("{\"id\":\"d\",\"content\":\"newer there\"}\n");
    try (SyncEngine engine = StoreInspector.engineThatKeepsItsLog(folder)) {
      engine.submit(SyncItem.of("a.b", "waits in the log"));

      sync.run("repair", "--against", "sqlite:other.db", "--deep").done();
      assertThat(sync.run("verify", "--against", "sqlite:other.db").done().text())
          .contains("\nequal; ");
    }
    assertThat(sync.run("get", "d").done().text()).isEqualTo("\"newer there\"\n");
    assertThat(sync.run("get", "a.b").done().text()).isEqualTo("waits in the log\n");
  }

  @Test
  void aTreeIsCountedBySegmentsWhateverTheOrderOfBytes() {
    String digest = "  [0-9a-f]{12}  ";
    assertThat(sync.run("tree").done().text())
        .matches(
            String.join(
                "",
                "4" + digest + "\\(all\\)\n",
                "3" + digest + "  a\\.\n",
                "2" + digest + "    b\\.  \\(an item, too\\)\n",
                "1" + digest + "    b-c\n",
                "1" + digest + "  d\n"));
    assertThat(sync.run("tree", "a.b", "--depth", "1").done().text())
        .matches("2" + digest + "a\\.b\\.  \\(an item, too\\)\n1" + digest + "  c\n");
    assertThat(sync.run("tree", "none").done().text()).isEqualTo("0  000000000000  none\n");
    assertThat(sync.run("tree", "--depth=0", "--json").done().text())
        .matches(
            "\\{\"branch\":\"\",\"depth\":0,\"items\":4,\"item\":false,"
                + "\"digest\":\"[0-9a-f]{64}\",\"differences\":0,\"buckets\":\\[]}\n");

    other("");
    sync.run("repair", "--against", "sqlite:other.db").done();
    String[] there = {"tree", "--depth=9", "--sql-url", "sqlite:other.db", "--wal-path="};
    assertThat(sync.run(there).done().text())
        .isEqualTo(sync.run("tree", "--depth=9").done().text());
    sync.run("delete", "a.b.c").done();
    assertThat(sync.run("tree", "--against", "sqlite:other.db").exits(1).text())
        .containsPattern("(?m)^1.*b  1 differs$")
        .containsPattern("(?m)^1.*  d$");
  }

  @Test
  void aTreeOverRowsDeletedByHandIsNotEqual() throws SQLException {
    sync.run("tree", "--deep").done();
    try (Connection c = StoreInspector.connect(folder)) {
      StoreInspector.execute(c, "DELETE FROM items WHERE id = 'a.b.c'");
    }

    sync.run("verify", "--deep").exits(1);
    assertThat(sync.run("tree", "--deep").exits(1).text())
        .startsWith("3  ")
        .contains("\nthe digests kept for 1 bucket are not those of the rows")
        .doesNotContain("differ");
    assertThat(sync.run("tree", "--deep", "--json").exits(1).text())
        .containsPattern("(?m)^\\{\"branch\":\"\",.*\"differences\":0,\"buckets\":\\[\\d+]}$");
  }

  @Test
  void whatCannotBeComparedIsRefused() {
    String[][] refused = {
      {"there is no Redis to compare", "verify"},
      {"there is no Redis to compare", "repair"},
      {"--from-l2 needs Redis", "repair --from-l2"},
      {"with --against Redis is not", "repair --from-l2 --against sqlite:sync-data/items.db"},
      {"give 1 or more", "verify --deep --rate 0"},
      {"is not a whole number", "verify --deep --rate x"},
      {"give 0 or more", "tree --depth -1"},
      {"nothing is stored yet at", "repair --against sqlite:none.db"},
      {"the engine's own", "verify --against sqlite:sync-data/items.db"},
      {"the other database was refused", "verify --against sqlite:sync-data/sync.wal"},
      {"read_only is set", "repair --deep --set read_only=true"},
      {"a control character", "verify --deep a\u0001"},
    };
    for (String[] one : refused) {
      sync.run(one[1].split(" ")).exits(2).says(one[0]);
    }
    assertThat(folder.resolve("none.db")).doesNotExist();
  }

  @Test
  void passwordsOfTheOtherDatabaseAreNotShown() {
    String[][] urls = {
      {"mysql://root:hunter2@127.0.0.1:1/db", "4", "verify"},
      {"jdbc:mariadb://127.0.0.1:1/db?user=root&password=hunter2", "4", "repair"},
      {"nonsense://root:hunter2@h", "2", "tree"},
    };
    for (String[] one : urls) {
      String[] command = {one[2], "--against", one[0], "--debug", "--set", "query_tries=1"};
      Result result = sync.run(command).exits(Integer.parseInt(one[1]));
      assertThat(result.err()).startsWith("sync: ").doesNotContain("hunter2");
      assertThat(result.out()).isEmpty();
    }
  }
}
