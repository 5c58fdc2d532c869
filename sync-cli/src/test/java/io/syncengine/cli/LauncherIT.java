// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.syncengine.cli.SyncProcess.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The packaged command behind its launcher, as it is installed. */
class LauncherIT {
  private static final String[] LINES = {
    "{\"id\":\"org.mdn.bcd.api.Crypto\",\"content\":{\"a\":1}}",
    "{\"id\":\"org.mdn.bcd.api.crypto\",\"content\":{\"a\":2}}",
    "{\"id\":\"org.mdn.bcd.api.\\\"x\\\"\",\"content\":[]}"
  };

  @TempDir private static Path home;
  @TempDir private Path work;
  private static Installation installed;
  private SyncProcess shell;

  @BeforeAll
  static void install() {
    installed = Installation.into(home);
  }

  @BeforeEach
  void setUp() {
    shell = installed.process(work);
  }

  @Test
  void isCalledWhatTheUserCallsIt() {
    assertThat(bash("syncengine --help").done().text())
        .startsWith("Usage: syncengine [OPTIONS] COMMAND\n")
        .contains("\n  syncengine demo\n")
        .doesNotContain("\u001b");
    assertThat(bash("syncengine --version").done().text()).startsWith("syncengine 0.");
    bash("syncengine frobnicate").exits(2).says("see syncengine --help");

    String typed = installed.launcher().toString();
    assertThat(bash(typed + " help ls").done().text())
        .startsWith("Usage: " + typed + " ls [OPTIONS] [PREFIX]\n")
        .contains("\n  " + typed + " ls ");
    assertThat(bash(typed + " frobnicate").exits(2).err())
        .startsWith("sync: Unmatched argument")
        .endsWith("; see " + typed + " --help\n");
  }

  @Test
  void isInstalledAsTheReadmeSays() throws IOException {
    String start = "<!-- checked by: LauncherIT -->\n```sh\n";
    String readme = Files.readString(Path.of("..", "README.md"));
    int from = readme.indexOf(start) + start.length();
    String typed = readme.substring(from, readme.indexOf("```", from));
    Path bin = Files.createDirectories(work.resolve(".local").resolve("bin"));
    shell.with("HOME", work.toString()).with("PATH", bin + ":" + System.getenv("PATH"));

    String there = "set -e; cd '" + installed.launcher().getParent() + "'; ";
    assertThat(bash(there + typed).done().text()).startsWith("Usage: syncengine ingest [OPTIONS]");
    Files.delete(bin.resolve("syncengine"));
  }

  @Test
  void examplesInTheHelpWork() throws IOException {
    String lines = String.join("\n", LINES);
    Files.writeString(work.resolve("items.ndjson"), lines);
    Files.write(work.resolve("items.ndjson.gz"), NdjsonReaderTest.zipped(lines.getBytes(UTF_8)));
    List<String> examples = new ArrayList<>();
    Help.of("syncengine").forEach((command, help) -> examples.addAll(Help.examples(help)));
    examples.removeIf(example -> example.equals("syncengine demo")); // runs for long; see DemoIT
    examples.removeIf(
        example -> example.startsWith("syncengine watch")); // until Ctrl-C; InterruptIT
    examples.removeIf(example -> example.contains("--redis-url")); // has a server; see RedisIT
    assertThat(examples).hasSizeGreaterThan(15);

    for (String example : new LinkedHashSet<>(examples)) {
      String backup = example.contains("backup.db") ? "cp sync-data/items.db backup.db; " : "";
      Result result = bash("set -euo pipefail; " + backup + example);
      assertThat(result.code()).as("%s: %s", example, result.err()).isZero();
      assertThat(result.err()).as(example).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"syncengine", "sync"})
  void completesInBash(String name) {
    String called = name.equals("sync") ? installed.launcher().toString() : name;
    String script =
        "set -u; source <(%s completion bash); complete -p %s;"
            + " comp() { COMP_WORDS=(%s \"$@\"); COMP_CWORD=$#; COMP_LINE= COMP_POINT=0 COMPREPLY=();"
            + " _complete_%s 2>/dev/null; echo \"${COMPREPLY[*]}\"; };"
            + " comp i; comp ls --l; comp ingest --ack ''";

    assertThat(bash(String.format(script, called, name, name, name)).done().text())
        .isEqualTo(
            "complete -o default -F _complete_%s %s\n".formatted(name, name)
                + "ingest import\n--long --limit\nMEMORY LOGGED PERSISTED\n");
  }

  @Test
  void completesInZsh() {
    assumeTrue(run("command -v zsh").code() == 0, "needs zsh");

    String script = "source <(syncengine completion zsh) && print $_comps[syncengine]";
    Result result = shell.await(shell.start(List.of("zsh", "-fc", script)));

    assertThat(result.done().text()).contains("_complete_syncengine");
  }

  @Test
  void aClosedPipeIsKnownInAnyLanguage() {
    // Stands for a pipe whose error the system tells in another language.
    List<String> words = new ArrayList<>(SyncProcess.java());
    words.add(1, "-Dsync.out=pipe");
    assumeTrue(Files.exists(Path.of("/dev/full")), "needs /dev/full");

    run(String.join(" ", words) + " --help >/dev/full").done();
    bash("syncengine --help >/dev/full").exits(2).says("cannot write the output");
    assertThat(bash("(syncengine --help; echo $? >&2) | true").err()).isEqualTo("0\n");
  }

  private Result bash(String script) {
    assumeTrue(run("command -v bash").code() == 0, "needs bash");
    return shell.await(shell.start(List.of("bash", "-c", script)));
  }

  private Result run(String script) {
    return shell.await(shell.start(List.of("sh", "-c", script)));
  }
}
