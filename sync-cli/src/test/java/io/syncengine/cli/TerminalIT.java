// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.syncengine.cli.SyncProcess.Result;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command on a pseudo-terminal, made by util-linux's {@code script}. */
class TerminalIT {
  private static final String ITEMS =
      Path.of("..", "examples", "data", "bcd-7.0.0.ndjson.gz").toAbsolutePath().toString();

  @TempDir private static Path home;
  @TempDir private Path folder;
  private static Installation installed;
  private SyncProcess shell;

  @BeforeAll
  static void install() {
    installed = Installation.into(home);
  }

  @BeforeEach
  void setUp() {
    shell = installed.process(folder).with("TERM", "xterm");
    List<String> command = List.of("sh", "-c", "script --version 2>/dev/null");
    String version = shell.await(shell.start(command)).text();
    assumeTrue(version.contains("util-linux"), "needs script of util-linux");
    List<String> env = List.of("sh", "-c", "env --default-signal=INT true 2>&1");
    assumeTrue(shell.await(shell.start(env)).code() == 0, "needs GNU env");
  }

  @Test
  void aBarShowsTheWayAndLeavesTheResultAlone() {
    Result result = onTerminal("stty cols 70; exec syncengine ingest " + ITEMS).exits(0);

    assertThat(result.text())
        .containsPattern(
            "\ringest +\\d+ % \\[[=>]+ *]  [\\d,]+ lines  [\\d,]+/s  \\d+:\\d\\d left");
    assertThat(List.of(result.text().split("\r|\n")))
        .filteredOn(drawn -> drawn.startsWith("ingest "))
        .allMatch(drawn -> drawn.replace("\u001b[K", "").length() < 70);
    assertThat(Screen.after(result.text()))
        .singleElement()
        .asString()
        .startsWith("17,783 lines: 17,783 added")
        .endsWith("every accepted write is in the ground truth");
  }

  @Test
  void whatIsSaidMeanwhileStandsAboveTheBar() throws IOException {
    try (OutputStream lines = Files.newOutputStream(folder.resolve("items"))) {
      for (int i = 0; i < 30_000; i++) {
        String line = i % 1000 == 0 ? "bad" : "{\"id\":\"" + i + "\",\"content\":" + i + "}";
        lines.write((line + "\n").getBytes(UTF_8));
      }
    }

    Result result = onTerminal("exec syncengine ingest items").exits(3);

    assertThat(result.text()).containsPattern("\ringest +\\d+ % ");
    List<String> screen = Screen.after(result.text());
    assertThat(screen).hasSize(31);
    assertThat(screen.subList(0, 30))
        .allMatch(
            line -> line.matches("syncengine: line \\d+001|syncengine: line 1 .*|.* refused.*"))
        .allMatch(line -> !line.contains("ingest "));
    assertThat(screen.get(30)).startsWith("30,000 lines: 29,970 added");
  }

  @Test
  void aStreamWithoutASizeIsCounted() {
    onTerminal("exec syncengine ingest " + ITEMS + " --no-progress").exits(0);

    Result result = onTerminal("exec syncengine export > exported").exits(0);

    assertThat(result.text())
        .containsPattern("\rexport [-|/\\\\]  [\\d,]+ items  [\\d,]+/s  \\d+:\\d\\d\u001b\\[K");
    assertThat(Screen.after(result.text())).allMatch(String::isEmpty);
    assertThat(folder.resolve("exported")).exists();
    assertThat(onTerminal("exec syncengine export").exits(0).text())
        .startsWith("{\"id\":\"")
        .doesNotContain("\u001b");
  }

  @Test
  void noBarWhereNoneIsWanted() {
    for (String quiet : List.of("--json", "--no-progress")) {
      assertThat(onTerminal("exec syncengine ingest " + quiet + " " + ITEMS).exits(0).text())
          .doesNotContain("\u001b", "% [")
          .hasLineCount(1);
    }
    assertThat(onTerminal("TERM=dumb exec syncengine ingest --mirror= " + ITEMS).exits(0).text())
        .doesNotContain("\u001b", "% [");
  }

  @Test
  void aTreeIsInColorsWhereTheyAreWanted() throws IOException {
    Files.writeString(folder.resolve("items"), "{\"id\":\"a.b\",\"content\":1}\n");
    onTerminal("exec syncengine ingest items --no-progress").exits(0);
    assertThat(onTerminal("exec syncengine tree").exits(0).text())
        .containsPattern("1  \u001b\\[2m[0-9a-f]{12}\u001b\\[22m  \\(all\\)");
    for (String plain : List.of("NO_COLOR=1 syncengine tree", "TERM=dumb syncengine tree")) {
      assertThat(onTerminal(plain).exits(0).text()).contains("(all)").doesNotContain("\u001b");
    }
    assertThat(onTerminal("syncengine tree > tree; cat tree").exits(0).text())
        .contains("(all)")
        .doesNotContain("\u001b");
  }

  @Test
  void ctrlCDrainsAndReports() throws Exception {
    shell.await(shell.start(List.of("mkfifo", folder.resolve("pipe").toString()))).done();
    Process process = start("exec syncengine ingest pipe");
    CompletableFuture<OutputStream> opened =
        CompletableFuture.supplyAsync(() -> open(folder.resolve("pipe")));
    OutputStream lines = opened.get(60, TimeUnit.SECONDS); // never closed before the end
    for (int i = 0; i < 20_000; i++) {
      lines.write(
          ("{\"id\":\"a." + i + "\",\"content\":\"" + "x".repeat(90) + "\"}\n").getBytes(UTF_8));
    }
    lines.flush();
    CompletableFuture.runAsync(() -> readUntil(process.getInputStream(), " lines  "))
        .get(60, TimeUnit.SECONDS);

    process.getOutputStream().write(3); // what the terminal's driver makes SIGINT of
    process.getOutputStream().flush();
    Result result = shell.await(process).exits(130);
    lines.close();

    List<String> screen = Screen.after(result.text());
    String last = screen.get(screen.size() - 1);
    assertThat(result.text()).contains("interrupted; finishing what was accepted ...");
    assertThat(last)
        .startsWith("syncengine: interrupted; ")
        .endsWith("every accepted write is in the ground truth");
    long added = Long.parseLong(last.replaceAll(".*: ([0-9,]+) added.*", "$1").replace(",", ""));
    long stored =
        shell
            .await(shell.start(List.of("sh", "-c", "syncengine ls")))
            .done()
            .text()
            .lines()
            .count();
    assertThat(added).isBetween(5_000L, stored);
  }

  private Result onTerminal(String command) {
    return shell.await(start(command));
  }

  private Process start(String command) {
    // Whoever runs the tests in the background may ignore SIGINT, and so would what they start.
    return shell.start(
        List.of("env", "--default-signal=INT", "script", "-qefc", command, "/dev/null"));
  }

  private static OutputStream open(Path file) {
    try {
      return Files.newOutputStream(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void readUntil(InputStream in, String text) {
    StringBuilder read = new StringBuilder();
    try {
      while (read.indexOf(text) < 0) {
        int b = in.read();
        assertThat(b).as("the output ends with %s", read).isNotNegative();
        read.append((char) b);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
