// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.testkit.servers.RedisKeyspace;
import io.syncengine.testkit.servers.RedisServerExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The reader of docs/verify-and-repair.md, who types it in and compares what he sees. */
// Its keys are those of no namespace.
@ResourceLock("Redis")
class WalkThroughIT {
  private static final Path DOCUMENT = Path.of("..", "docs", "verify-and-repair.md");
  private static final Pattern BLOCK =
      Pattern.compile("<!-- checked by: WalkThroughIT -->\n```(sh|text)\n(.*?)```", Pattern.DOTALL);

  @RegisterExtension final RedisServerExtension server = RedisServerExtension.standalone();
  @TempDir private Path folder;

  @Test
  void theReaderSeesWhatStandsThere() throws IOException {
    SyncProcess shell = shell();
    String redis = redis();
    List<String> exports = new ArrayList<>();
    String seen = "";
    int compared = 0;
    Matcher block = BLOCK.matcher(Files.readString(DOCUMENT));
    while (block.find()) {
      String text = block.group(2).replace("redis://127.0.0.1:6379", redis);
      if (block.group(1).equals("sh")) {
        String script = String.join("\n", exports) + "\n" + text;
        seen = shell.await(shell.start(List.of("sh", "-c", script))).done().text();
        text.lines().filter(line -> line.startsWith("export ")).forEach(exports::add);
      } else {
        assertThat(shape(seen)).isEqualTo(shape(text));
        compared++;
      }
    }
    assertThat(compared).isEqualTo(5);
  }

  /** Without what differs from run to run; numbers of items and differences stay. */
  private static String shape(String text) {
    return text.replaceAll("\\d{15,}/[0-9a-f]{8}", "REVISION")
        .replaceAll("(?m)^(\\d+)  [0-9a-f]{12}", "$1  DIGEST")
        .replaceAll("[\\d,]+ (items looked at|requests|digests,|bytes)", "# $1")
        .replaceAll("[\\d.,]+ s\\b|[\\d,]+/s", "#")
        .replaceAll("SQLite [\\d.]+", "SQLite #");
  }

  /** A folder with the two programs that the reader has. */
  private SyncProcess shell() throws IOException {
    Path bin = Files.createDirectory(folder.resolve("bin"));
    Path home = Files.createDirectory(folder.resolve("home"));
    List<String> sync = new ArrayList<>(SyncProcess.java());
    sync.add(1, "-Dsync.called=./sync");
    program(home.resolve("sync"), sync);
    List<String> sqlite = new ArrayList<>(SyncProcess.java());
    sqlite.set(sqlite.size() - 1, SqliteShell.class.getName());
    program(bin.resolve("sqlite3"), sqlite);
    return new SyncProcess(home)
        .with("PATH", bin + ":" + System.getenv("PATH"))
        .with("SYNC_L2_TIMEOUT_MS", "20000"); // a busy machine connects slowly
  }

  private static void program(Path file, List<String> words) throws IOException {
    String quoted = words.stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
    Files.writeString(file, "#!/bin/sh\nexec " + quoted + " \"$@\"\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  /** The URL of a user who may use the keys of no namespace, of which none is there. */
  private String redis() {
    RedisKeyspace keyspace = server.keyspace();
    keyspace.nodes().get(0).command("FLUSHALL");
    String keys = "sync-engine:*";
    keyspace
        .nodes()
        .get(0)
        .command("ACL", "SETUSER", "walk", "on", ">walk", "~" + keys, "&" + keys, "+@all");
    return keyspace.url().replaceFirst("//.*@", "//walk:walk@");
  }
}
