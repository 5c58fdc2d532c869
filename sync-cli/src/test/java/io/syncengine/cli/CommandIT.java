// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.SyncEngine;
import io.syncengine.cli.SyncProcess.Result;
import io.syncengine.model.SyncItem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each command does when all is well. */
class CommandIT {
  private static final String LINES =
      "{\"id\":\"a.b\",\"content\":{\"x\":  1.50}}\n"
          + "{\"content\":[\"é\\u00e9\"],\"id\":\"a.b.@@c\"}\r\n"
          + "{\"id\":\"ab\",\"content\":\"\"}";

  /** What {@link #LINES} hold. */
  private static final SyncItem[] ITEMS = {
    SyncItem.of("a.b", "{\"x\":  1.50}"),
    SyncItem.of("a.b.@@c", "[\"é\\u00e9\"]"),
    SyncItem.of("ab", "\"\"")
  };

  @TempDir private Path folder;
  private SyncProcess sync;

  @BeforeEach
  void setUp() {
    sync = new SyncProcess(folder);
  }

  @Test
  void ingestStoresAndSaysWhatItDid() throws IOException {
    Files.writeString(folder.resolve("in"), LINES);

    assertThat(sync.run("ingest", "in").done().text())
        .startsWith("3 lines: 3 added, 0 changed, 0 unchanged, 0 deleted, 0 refused;")
        .endsWith("every accepted write is in the ground truth\n");
    assertThat(sync.run("ingest", "in").done().text()).contains("0 added", "3 unchanged");

    Files.writeString(folder.resolve("in"), LINES.replace("1.50", "1.5"));
    assertThat(sync.run("ingest", "in").done().text()).contains("1 changed, 2 unchanged");
    assertThat(sync.run("get", "a.b").done().text()).isEqualTo("{\"x\":  1.5}\n");
  }

  @Test
  void filesAreTheOwnersAlone() {
    sync.run(LINES.getBytes(UTF_8), "ingest", "-").done();

    assertThat(folder.resolve("sync-data")).isDirectory();
    try (var files = Files.list(folder.resolve("sync-data"))) {
      assertThat(files.toList())
          .isNotEmpty()
          .allSatisfy(
              f ->
                  assertThat(
                          java.nio.file.attribute.PosixFilePermissions.toString(
                              Files.getPosixFilePermissions(f)))
                      .isEqualTo("rw-------"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void ingestReadsGzipFromAPipe() throws IOException {
    sync.run(NdjsonReaderTest.zipped(LINES.getBytes(UTF_8)), "ingest", "-").done();

    assertThat(sync.run("get", "a.b.@@c").done().text()).isEqualTo("[\"é\\u00e9\"]\n");
  }

  @Test
  void theLaterOfTwoLinesWins() {
    String lines = "";
    for (int i = 0; i < 2000; i++) {
      lines += "{\"id\":\"a" + i % 3 + "\",\"content\":" + (i < 1990 ? i : i - 1900) + "}\n";
    }

    sync.run(lines.getBytes(UTF_8), "ingest", "-").done();

    assertThat(sync.run("export").done().text())
        .isEqualTo(
            "{\"id\":\"a0\",\"content\":98}\n"
                + "{\"id\":\"a1\",\"content\":99}\n"
                + "{\"id\":\"a2\",\"content\":97}\n");
  }

  @Test
  void getPrintsTheBytes() {
    byte[] lines =
        "{\"id\":\"j\",\"content\":{}}\n{\"id\":\"b\",\"contentBase64\":\"AP8K\"}".getBytes(UTF_8);
    sync.run(lines, "import", "-").done();

    assertThat(sync.run("get", "j").done().text()).isEqualTo("{}\n");
    assertThat(sync.run("get", "--raw", "b").done().out()).isEqualTo(new byte[] {0, -1, 10});
    assertThat(sync.run("--json", "get", "b").done().text())
        .startsWith("{\"id\":\"b\",\"contentBase64\":\"AP8K\",\"version\":")
        .contains("\"source\":\"L3\"}");
    sync.run("get", "none").exits(1).says("there is no such item");
    assertThat(sync.run("get", "none", "--json").exits(1).err())
        .startsWith("{\"error\":{\"type\":\"Absent\",\"message\":\"there is no")
        .endsWith(",\"id\":\"none\",\"tier\":null}}\n");
  }

  @Test
  void exportIsASubtreeInByteOrder() {
    StoreInspector.store(folder, ITEMS);
    String ab = "{\"id\":\"a.b\",\"content\":{\"x\":  1.50}}\n";
    String abc = "{\"id\":\"a.b.@@c\",\"content\":[\"é\\u00e9\"]}\n";

    assertThat(sync.run("export").done().text())
        .isEqualTo(ab + abc + "{\"id\":\"ab\",\"content\":\"\"}\n");
    assertThat(sync.run("export", "a").done().text()).isEqualTo(ab + abc);
    assertThat(sync.run("export", "a.b.").done().text()).isEqualTo(abc);
    assertThat(sync.run("export", "none").done().text()).isEmpty();
  }

  @Test
  void exportedBytesComeBackByImportWhateverTheyAre() {
    byte[][] contents = {
      {}, {0}, {'{', '\n', '}'}, {' ', '1'}, "\ufeff1".getBytes(UTF_8), {(byte) 0xc0, (byte) 0x80}
    };
    try (SyncEngine engine = newEngine()) {
      for (int i = 0; i < contents.length; i++) {
        engine.submit(SyncItem.of("id" + i, contents[i]));
      }
    }
    byte[] exported = sync.run("export").done().out();
    String[] copy = {"--sql-url", "sqlite:copy.db", "--wal-path="};
    Result refused = sync.run(exported, "ingest", "-", copy[0], copy[1], copy[2]).exits(3);
    assertThat(refused.err()).contains("line 1 refused: contentBase64 is taken by import alone");
    sync.run(exported, "import", "-", copy[0], copy[1], copy[2]).done();

    assertThat(sync.run("export", copy[0], copy[1], copy[2]).done().out()).isEqualTo(exported);
    for (int i = 0; i < contents.length; i++) {
      String[] get = {"get", "--raw", "id" + i, "--sql-url", "sqlite:copy.db", "--wal-path="};
      assertThat(sync.run(get).done().out()).isEqualTo(contents[i]);
    }
  }

  @Test
  void lsListsASubtreeInByteOrder() {
    StoreInspector.store(folder, ITEMS);

    assertThat(sync.run("ls").done().text()).isEqualTo("a.b\na.b.@@c\nab\n");
    assertThat(sync.run("ls", "a.b.").done().text()).isEqualTo("a.b.@@c\n");
    assertThat(sync.run("ls", "--limit", "2", "a").done().text()).isEqualTo("a.b\na.b.@@c\n");
    assertThat(sync.run("ls", "none").done().text()).isEmpty();
    String time = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d";
    assertThat(sync.run("ls", "-l", "--limit=1").done().text())
        .matches(" {8}12 {2}" + time + "Z {2}\\d+ {2}a\\.b\n");
    assertThat(sync.run("ls", "--json", "--limit=1").done().text())
        .matches(
            "\\{\"id\":\"a.b\",\"bytes\":12,\"updatedAt\":\""
                + time
                + "[.0-9]*Z\",\"version\":\\d+}\n");
  }

  @Test
  void deleteTakesAnyNumberOfIds() {
    StoreInspector.store(folder, ITEMS);

    assertThat(sync.run("delete", "ab", "a.b", "none", "ab").done().text())
        .startsWith("2 deleted, 1 were absent;");

    sync.run("get", "ab").exits(1);
    assertThat(sync.run("export").done().text()).startsWith("{\"id\":\"a.b.@@c\"").hasLineCount(1);
    assertThat(sync.run("--json", "delete", "ab").done().text()).startsWith("{\"deleted\":0,");
  }

  @Test
  void statusOfAnItemNamesTheTiers() {
    StoreInspector.store(folder, ITEMS);
    sync.run("delete", "ab").done();

    assertThat(sync.run("status", "a.b").done().text()).contains("L3: LIVE ");
    assertThat(sync.run("status", "ab").exits(1).text()).contains("L3: DELETED ");
    assertThat(sync.run("status", "none").exits(1).text()).contains("L3: MISSING");
    assertThat(sync.run("status", "a.b", "--json").done().text()).contains("\"L3\":\"LIVE ");
  }

  @Test
  void statusAndStatsOfTheStore() {
    StoreInspector.store(folder, ITEMS);

    assertThat(sync.run("status").done().text()).contains("status: UP", "SQLite", "pending: 0");
    assertThat(sync.run("stats").done().text()).contains("items: 3\n", "contentBytes: 26\n");
    assertThat(sync.run("stats", "--json").done().text()).startsWith("{\"items\":3,");
  }

  @Test
  void readingWorksBesideARunningEngineAndReadsItsLog() {
    StoreInspector.store(folder, ITEMS);
    try (SyncEngine engine = StoreInspector.engineThatKeepsItsLog(folder)) {
      engine.submit(SyncItem.of("ab", "{\"in\":\"the log\"}"));
      engine.delete("a.b");

      assertThat(sync.run("get", "ab").done().text()).isEqualTo("{\"in\":\"the log\"}\n");
      sync.run("get", "a.b").exits(1);
      assertThat(sync.run("export").done().text()).hasLineCount(2).contains("the log");
      assertThat(sync.run("status", "ab").done().text()).contains("PENDING");
      sync.run("ingest", "-").exits(2).says("in use by another engine");
      sync.run("delete", "ab").exits(2).says("in use by another engine");
    }
  }

  @Test
  void dryRunWritesNothing() throws IOException {
    Result fresh = sync.run(LINES.getBytes(UTF_8), "ingest", "-", "--dry-run").done();
    assertThat(fresh.text()).startsWith("dry run, nothing written: 3 lines: 3 added");
    try (var files = Files.list(folder)) {
      assertThat(files.toList()).isEmpty();
    }
    StoreInspector.store(folder, ITEMS);
    String changed = "{\"id\":\"a.b\",\"content\":2}\n{\"id\":\"new\",\"content\":3}";
    String[] dryRun = {"ingest", "-", "--dry-run", "--mirror", "a"};

    assertThat(sync.run(changed.getBytes(UTF_8), dryRun).done().text())
        .contains("1 added, 1 changed, 0 unchanged, 1 deleted");

    assertThat(sync.run("get", "a.b").done().text()).isEqualTo("{\"x\":  1.50}\n");
    assertThat(sync.run("export").done().text()).hasLineCount(3);
  }

  @Test
  void anyAckLevelThatCanBeReached() {
    for (String level : new String[] {"memory", "LOGGED", "persisted"}) {
      sync.run(LINES.getBytes(UTF_8), "ingest", "-", "--ack", level).done();
      sync.run("delete", "ab", "--ack", level).done();
    }
    sync.run(LINES.getBytes(UTF_8), "ingest", "-", "--wal-path=").done();
    assertThat(sync.run("export").done().text()).hasLineCount(3);
  }

  @Test
  void idsMayLookLikeOptionsOrFiles() {
    String lines = "{\"id\":\"-x\",\"content\":1}\n{\"id\":\"@y\",\"content\":2}\n";
    lines += "{\"id\":\"日本😀\",\"content\":3}\n{\"id\":\"a b=c\",\"content\":4}";
    sync.run(lines.getBytes(UTF_8), "ingest", "-").done();

    assertThat(sync.run("get", "--", "-x").done().text()).isEqualTo("1\n");
    assertThat(sync.run("get", "@y").done().text()).isEqualTo("2\n");
    assertThat(sync.run("get", "日本😀").done().text()).isEqualTo("3\n");
    assertThat(sync.run("get", "a b=c").done().text()).isEqualTo("4\n");
  }

  @Test
  void optionsComeFromFileEnvironmentAndCommandLine() throws IOException {
    Files.writeString(folder.resolve("c"), "sql_url=sqlite:one.db\nwal_path=one.wal\n");
    byte[] line = "{\"id\":\"a\",\"content\":1}".getBytes(UTF_8);
    sync.run(line, "--config", "c", "ingest", "-").done();
    sync.with("SYNC_SQL_URL", "sqlite:two.db").with("SYNC_WAL_PATH", "two.wal");
    sync.run(line, "--config", "c", "ingest", "-").done();
    sync.run(line, "ingest", "-", "--sql-url", "sqlite:three.db", "--wal-path", "three.wal").done();

    assertThat(folder.resolve("one.db")).exists();
    assertThat(folder.resolve("two.db")).exists();
    assertThat(folder.resolve("three.db")).exists();
    assertThat(folder.resolve("sync-data")).doesNotExist();
  }

  @Test
  void beforeAServerTooTheLogLiesInTheDefaultFolder() {
    // Nobody listens at port 1; the engine has begun to run on its log when that is found.
    Result result =
        sync.run(LINES.getBytes(UTF_8), "ingest", "-", "--sql-url", "mysql://u:p@127.0.0.1:1/items")
            .exits(ExitCodes.UNAVAILABLE);

    assertThat(result.err()).contains("L3 failed");
    assertThat(folder.resolve("sync-data").resolve("sync.wal")).exists();
  }

  @Test
  void helpAndVersion() {
    assertThat(sync.run("--version").done().text()).startsWith("sync 0.").doesNotContain("$");
    assertThat(sync.run("--help").done().text())
        .startsWith("Usage: sync [OPTIONS] COMMAND\n")
        .doesNotContain("\u001b");
    assertThat(sync.run("ls", "--help").done().text()).startsWith("Usage: sync ls [OPTIONS] ");
  }

  private SyncEngine newEngine() {
    StoreFiles.makeFolder(folder.resolve("sync-data"));
    return StoreInspector.engineThatKeepsItsLog(folder);
  }
}
