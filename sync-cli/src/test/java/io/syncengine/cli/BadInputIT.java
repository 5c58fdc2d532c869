// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.syncengine.SyncEngine;
import io.syncengine.cli.SyncProcess.Result;
import io.syncengine.model.SyncItem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each command says to bad input: one line, the right exit code, nothing written. */
class BadInputIT {
  private static final SyncItem ITEM = SyncItem.of("a", "1");
  private static final byte[] LINE = "{\"id\":\"a\",\"content\":1}\n".getBytes(UTF_8);

  @TempDir private Path folder;
  private SyncProcess sync;

  @BeforeEach
  void setUp() {
    sync = new SyncProcess(folder);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "|no command was given",
        "frobnicate|Unmatched argument",
        "get|Missing required parameter: 'ID'",
        "get a b|Unmatched argument",
        "delete|Missing required parameter: 'ID'",
        "ingest|Missing required parameter: 'FILE'",
        "ingest none.ndjson|there is no such file",
        "import none.ndjson|there is no such file",
        "import|Missing required parameter: 'FILE'; see sync import --help",
        "ls a b|Unmatched argument at index 2: 'b'; see sync ls --help",
        "ls --limit 0|--limit is 0; give 1 or more",
        "ls --limit ten|option '--limit': 'ten' is not a whole number",
        "ls --sort|Unknown option: '--sort'",
        "help nosuch|Unknown subcommand 'nosuch'; see sync --help",
        "completion fish|expected one of [BASH, ZSH]",
        "ingest .|it is a folder",
        "ingest - --ack best|expected one of [MEMORY, LOGGED, PERSISTED]",
        "ingest - --ack logged --wal-path=|cannot be reached without a log",
        "ingest - --patience 0|--patience is 0",
        "ingest - --patience 1.5|option '--patience': '1.5' is not a whole number",
        "ingest - --set no_such=1|unknown option no_such",
        "ingest - --set l1_max_bytes=-1|l1_max_bytes is '-1'; allowed:",
        "ingest - --set batch_flush_count=0|batch_flush_count is '0'; allowed:",
        "ingest - --set backpressure_warn=0.95|warn must be below critical",
        "ingest - --set wal_path|should be in KEY=VALUE format",
        "ingest - --set read_only=true|read_only is set",
        "ingest - --set version_mode=caller|version_mode is caller",
        "ingest - --set sqlite.no_such=1|no_such",
        "ingest - --config none|cannot read none (there is no such file)",
        "ingest - --sql-url nothing|sql_url is '(hidden)'; allowed:",
        "ingest - --sql-url postgresql://u:secret@h/db|check the URL",
        "ingest - --redis-url rediz://h|check the URL",
        "ingest - --wal-path no/such/folder/sync.wal|no/such/folder",
        "demo --sql-url sqlite:x|its own",
      })
  void isRefusedBeforeTheStart(String command, String says) throws IOException {
    String[] words = command == null ? new String[0] : command.split(" ");

    Result result = sync.run(LINE, words).exits(2).says(says);

    assertThat(result.err()).doesNotContain("secret").doesNotContain("\tat ");
    assertThat(result.out()).isEmpty();
    try (var files = Files.list(folder)) {
      assertThat(files.toList()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"get a", "ls", "export", "status", "status a", "stats", "delete a"})
  void aFolderWithoutAStoreIsNotAnEmptyStore(String command) throws IOException {
    sync.run(command.split(" ")).exits(2).says("nothing is stored yet at", "items.db");

    try (var files = Files.list(folder)) {
      assertThat(files.toList()).isEmpty();
    }
  }

  @Test
  void badIdsAreRefused() {
    StoreInspector.store(folder, ITEM);

    for (String command : List.of("get", "delete", "status")) {
      sync.run(command, "").exits(2).says("id is empty");
      sync.run(command, "a\nb").exits(2).says("control character");
      sync.run(command, "x".repeat(513)).exits(2).says("513 bytes");
    }
    sync.run("export", "a\nb").exits(2).says("control character");
    sync.run("ls", "a\nb").exits(2).says("control character");
  }

  @Test
  void anIdThatTheLocaleGarblesIsNotLookedUp() {
    StoreInspector.store(folder, ITEM);
    SyncProcess plain = new SyncProcess(folder).with("LC_ALL", "C");

    plain.run("get", "é").exits(2).says("LC_ALL=C.UTF-8");
  }

  @Test
  void badLinesAreNamedAndTheRestGoesOn() {
    String lines =
        "{\"id\":\"a\",\"content\":1}\n\nbad\n{\"id\":\"\",\"content\":1}\n"
            + "{\"id\":\"b\",\"content\":2}\n{\"id\":\"large\",\"content\":\""
            + "x".repeat(2000)
            + "\"}\n{\"id\":\"c\",\"content\":3";
    String[] command = {"ingest", "-", "--set", "max_content_bytes=1000"};

    Result result = sync.run(lines.getBytes(UTF_8), command).exits(3);

    assertThat(result.text()).startsWith("6 lines: 2 added").contains("4 refused");
    assertThat(result.err().lines().sorted())
        .hasSize(4)
        .satisfiesExactly(
            line -> assertThat(line).startsWith("sync: line 3 refused: not JSON"),
            line -> assertThat(line).startsWith("sync: line 4 refused: id is empty"),
            line -> assertThat(line).startsWith("sync: line 6 refused: ").contains("1000"),
            line -> assertThat(line).startsWith("sync: line 7 refused: not JSON"));
    assertThat(sync.run("export").done().text())
        .isEqualTo("{\"id\":\"a\",\"content\":1}\n{\"id\":\"b\",\"content\":2}\n");
  }

  @Test
  void badLinesAreJsonOnRequest() {
    Result result = sync.run("bad".getBytes(UTF_8), "ingest", "-", "--json").exits(3);

    assertThat(result.err())
        .startsWith("{\"error\":{\"type\":\"RefusedLine\",\"message\":\"line 1 refused: not JSON")
        .endsWith(",\"id\":null,\"tier\":null,\"line\":1}}\n");
    assertThat(result.text()).startsWith("{\"lines\":1,\"added\":0,").contains("\"refused\":1");
  }

  @Test
  void errorsAreJsonOnRequestAlsoOfAWrongCommandLine() {
    assertThat(sync.run("get", "--json").exits(2).err())
        .startsWith("{\"error\":{\"type\":\"Usage\",\"message\":\"Missing required")
        .endsWith("; see sync get --help\",\"id\":null,\"tier\":null}}\n");
    assertThat(sync.run("--json").exits(2).err())
        .startsWith("{\"error\":{\"type\":\"Usage\",\"message\":\"no command was given");
    assertThat(sync.run("get", "--", "--json").exits(2).err())
        .startsWith("sync: nothing is stored");
  }

  @Test
  void stackTracesAreShownOnRequestAlone() {
    assertThat(sync.run("ingest", "none", "--debug").exits(2).err())
        .startsWith("sync: cannot read none")
        .contains("\tat io.syncengine.cli.");
    assertThat(sync.run("ingest", "none", "--debug", "--json").exits(2).err())
        .startsWith("{\"error\":{\"type\":\"Unreadable\",\"message\":\"cannot read none")
        .contains("\"trace\":\"io.syncengine.cli.CommandException: cannot read none")
        .hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource({
    "mysql://root:hunter2@127.0.0.1:1/db,4",
    "jdbc:mysql://127.0.0.1:1/db?user=root&password=hunter2,4",
    "sqlite:no/folder/items.db?password=hunter2,2",
    "nonsense://root:hunter2@h,2",
  })
  void passwordsAreNotShown(String url, int code) {
    sync.with("SYNC_SQL_URL", url).with("SYNC_REDIS_URL", "redis://:hunter2@127.0.0.1:1");

    Result ingest = sync.run(LINE, "ingest", "-", "--debug").exits(code);
    assertThat(ingest.err()).startsWith("sync: ").doesNotContain("hunter2");
    assertThat(ingest.text()).doesNotContain("hunter2");
    Result export = sync.run("export", url, "x", "--debug").exits(2);
    assertThat(export.err()).startsWith("sync: ").doesNotContain("hunter2");
    assertThat(export.out()).isEmpty();
  }

  @Test
  void aLockedLogIsRefused() {
    StoreInspector.store(folder, ITEM);
    try (SyncEngine engine = StoreInspector.engineThatKeepsItsLog(folder)) {
      engine.submit(SyncItem.of("held", "1"));

      sync.run(LINE, "ingest", "-").exits(2).says("sync.wal");
      sync.run("delete", "held").exits(2).says("sync.wal");
    }
    assertThat(sync.run("ls").done().text()).isEqualTo("a\nheld\n");
  }

  @ParameterizedTest
  @ValueSource(ints = {12, 300, -3}) // in the head's data, in the middle, in the checksum
  void aDamagedZipIsARefusedLineAndTheRestIsKept(int at) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      lines.append("{\"id\":\"" + i + "\",\"content\":" + i * 7919 + "}\n");
    }
    byte[] zip = NdjsonReaderTest.zipped(lines.toString().getBytes(UTF_8));
    zip[at < 0 ? zip.length + at : at] ^= 0x55;
    Files.write(folder.resolve("in.gz"), zip);

    Result result = sync.run("ingest", "in.gz").exits(3);

    assertThat(result.err().lines().reduce((first, last) -> last).orElseThrow())
        .startsWith("sync: line ")
        .contains(" refused: ");
    String added = result.text().replaceAll("(?s).*: (\\d+) added.*", "$1");
    assertThat(sync.run("ls").done().text().lines()).hasSize(Integer.parseInt(added));
  }

  @ParameterizedTest
  @ValueSource(strings = {"items.db", "sync.wal"})
  void aForeignFileIsLeftAlone(String name) throws IOException {
    Path file = Files.createDirectories(folder.resolve("sync-data")).resolve(name);
    String text = "not a database ".repeat(1000);
    Files.writeString(file, text);

    sync.run(LINE, "ingest", "-").exits(2).says("not", name);
    sync.run("export").exits(2).says(name);

    assertThat(file).hasContent(text);
  }

  @Test
  void aLogOfAnotherDatabaseIsRefused() {
    sync.run(LINE, "ingest", "-").done();

    sync.run(LINE, "ingest", "-", "--sql-url", "sqlite:other.db").exits(2).says("another database");
  }

  @Test
  void aNewerDatabaseIsRefused() throws SQLException {
    StoreInspector.store(folder, ITEM);
    try (Connection c = StoreInspector.connect(folder)) {
      StoreInspector.execute(c, "UPDATE meta SET value = '99' WHERE name = 'readable_from'");
    }

    sync.run(LINE, "ingest", "-").exits(2).says("newer");
    sync.run("get", "a").exits(2).says("newer");
  }

  @Test
  void corruptContentIsNotPrinted() throws SQLException {
    StoreInspector.store(folder, ITEM);
    try (Connection c = StoreInspector.connect(folder)) {
      StoreInspector.execute(c, "UPDATE items SET content = x'32' WHERE id = 'a'");
    }

    Result result = sync.run("get", "a", "--json").exits(5);

    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .contains("\"type\":\"CorruptDataException\"", "\"id\":\"a\"")
        .hasLineCount(1);
  }

  @Test
  void aDamagedChangeEndsTheWatch() throws SQLException {
    StoreInspector.store(folder, ITEM);
    sync.run("delete", "a").done();
    try (Connection c = StoreInspector.connect(folder)) {
      StoreInspector.execute(
          c,
          "UPDATE changes SET payload = CAST(payload || x'00' AS BLOB)"
              + " WHERE sequence = (SELECT MIN(sequence) FROM changes)");
    }

    sync.run("watch", "--from", "earliest").exits(5).says("change log is damaged");
  }

  @Test
  void anAckThatIsNotReachedIsNoSuccess() throws SQLException {
    StoreInspector.store(folder, ITEM);
    try (Connection c = StoreInspector.connect(folder)) {
      StoreInspector.execute(c, "BEGIN IMMEDIATE");
      String[] command = {
        "ingest",
        "-",
        "--ack",
        "persisted",
        "--set",
        "ack_timeout_ms=300",
        "--set",
        "close_timeout_ms=100",
        "--set",
        "tier_timeout_ms=200"
      };
      byte[] line = "{\"id\":\"a\",\"content\":2}".getBytes(UTF_8);

      Result result = sync.run(line, command).exits(4);

      assertThat(result.err()).contains("the ack level was not reached in time");
      assertThat(result.text()).contains("0 changed", "1 wait in the log");
      StoreInspector.execute(c, "ROLLBACK");
    }
    assertThat(sync.run("get", "a").done().text()).isEqualTo("2\n");
    sync.run("delete", "none").done();
    assertThat(sync.run("status", "a").done().text()).contains("L3: LIVE").doesNotContain("PEND");
  }

  @Test
  void pressureThatStaysEndsTheIngestAndKeepsWhatWasAccepted() throws SQLException {
    StoreInspector.store(folder, ITEM);
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 4000; i++) {
      String content = "x".repeat(2000);
      lines.append("{\"id\":\"p." + i + "\",\"content\":\"" + content + "\"}\n");
    }
    Result result;
    try (Connection c = StoreInspector.connect(folder)) {
      StoreInspector.execute(c, "BEGIN IMMEDIATE");
      String[] command = {
        "ingest",
        "-",
        "--patience",
        "1",
        "--json",
        "--set",
        "wal_max_bytes=2MB",
        "--set",
        "close_timeout_ms=100",
        "--set",
        "tier_timeout_ms=200"
      };
      result = sync.run(lines.toString().getBytes(UTF_8), command).exits(4);
      StoreInspector.execute(c, "ROLLBACK");
    }

    long added = Long.parseLong(result.text().replaceAll("(?s).*\"added\":(\\d+).*", "$1"));
    assertThat(added).isBetween(100L, 3000L);
    assertThat(sync.run("export", "p").done().text().lines().count()).isEqualTo(added);
  }

  @Test
  void outputThatCannotBeWrittenIsAnError() {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "needs /dev/full");
    StoreInspector.store(folder, ITEM);
    String command = String.join(" ", SyncProcess.java()) + " export > /dev/full";

    Result result = sync.await(sync.start(List.of("sh", "-c", command)));

    result.exits(2).says("cannot write the output");
  }

  @Test
  void aReaderThatHasEnoughIsNoError() {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 3000; i++) {
      lines.append("{\"id\":\"" + i + "\",\"content\":\"" + "x".repeat(500) + "\"}\n");
    }
    sync.run(lines.toString().getBytes(UTF_8), "ingest", "-").done();
    String command = "(" + String.join(" ", SyncProcess.java()) + " export; echo $? >&2) | head -1";

    Result result = sync.await(sync.start(List.of("sh", "-c", command)));

    assertThat(result.text()).startsWith("{\"id\":\"0\"").hasLineCount(1);
    assertThat(result.err()).isEqualTo("0\n");
  }

  @Test
  void aFolderThatCannotBeWrittenIsNamed() throws IOException {
    Files.writeString(folder.resolve("sync-data"), "a file in the way");

    sync.run(LINE, "ingest", "-").exits(2).says("sync-data");
  }
}
