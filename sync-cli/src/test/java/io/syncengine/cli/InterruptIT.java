// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.syncengine.cli.SyncProcess.Result;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGINT in mid-ingest, and while changes are watched. */
class InterruptIT {
  /** Undoes what a shell does to background jobs, of which Maven may be one. */
  private static final List<String> SIGINT_ON = List.of("env", "--default-signal=INT");

  @TempDir private Path folder;
  private SyncProcess sync;

  @BeforeEach
  void setUp() throws InterruptedException {
    assumeTrue(works(SIGINT_ON), "needs GNU env");
    sync = new SyncProcess(folder);
  }

  @Test
  void drainsAndReports() throws Exception {
    Process process = sync.builder(command("ingest", "-")).start();
    BufferedReader err = process.errorReader();
    feed(process.getOutputStream());

    // The plain form of the progress, on a stderr that is no terminal.
    String progress = CompletableFuture.supplyAsync(() -> line(err)).get(60, TimeUnit.SECONDS);
    assertThat(progress).matches("sync: ingest: [0-9,]+ lines, [0-9,]+/s");
    interrupt(process);

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(130);
    String report = line(err);
    assertThat(report)
        .startsWith("sync: interrupted; ")
        .endsWith("; every accepted write is in the ground truth");
    assertThat(err.read()).isEqualTo(-1);
    assertThat(process.getInputStream().readAllBytes()).isEmpty();
    assertThat(added(report)).isBetween(5_000L, stored());
  }

  @Test
  void leavesInTheLogWhatTheGroundTruthDoesNotTake() throws Exception {
    sync.run("{\"id\":\"a\",\"content\":1}".getBytes(UTF_8), "ingest", "-").done();
    Result result;
    try (Connection c = StoreInspector.connect(folder)) {
      StoreInspector.execute(c, "BEGIN IMMEDIATE");
      String[] quick = {"--set", "close_timeout_ms=100", "--set", "tier_timeout_ms=200"};
      Process process =
          sync.start(command("ingest", "-", "--json", quick[0], quick[1], quick[2], quick[3]));
      feed(process.getOutputStream());
      interrupt(process);
      result = sync.await(process).exits(130);
      StoreInspector.execute(c, "ROLLBACK");
    }

    assertThat(result.out()).isEmpty();
    String report = result.err().lines().reduce((first, last) -> last).orElseThrow();
    assertThat(report)
        .startsWith("{\"error\":{\"type\":\"Interrupted\",\"message\":\"interrupted; ")
        .contains("wait in the log for the next start")
        .contains("\"lost\":0");
    long added = Long.parseLong(report.replaceAll(".*\"added\":(\\d+),.*", "$1"));
    sync.run("delete", "none").done();
    assertThat(sync.run("status").done().text()).contains("pending: 0");
    assertThat(added).isBetween(5_000L, stored());
  }

  @Test
  void aWatchPrintsWhatComesAndSaysFromWhereToGoOn() throws Exception {
    sync.run("{\"id\":\"a.b\",\"content\":1}".getBytes(UTF_8), "ingest", "-").done();
    Process process = sync.builder(command("watch", "a", "--from", "earliest")).start();
    BufferedReader out = process.inputReader();
    BufferedReader err = process.errorReader();
    String time = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z";
    assertThat(next(out)).matches(time + " {2}[0-9a-f-]{36} {2}CREATED {2}\\d+ {2}a\\.b");

    sync.run("{\"id\":\"x\",\"content\":1}".getBytes(UTF_8), "ingest", "-").done();
    sync.run("{\"id\":\"a.b\",\"content\":2}".getBytes(UTF_8), "ingest", "-").done();
    assertThat(next(out)).contains("  UPDATED  ").endsWith("  a.b");
    interrupt(process);

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(130);
    assertThat(out.read()).isEqualTo(-1);
    String told = line(err);
    assertThat(told).matches("sync: interrupted; to go on: --from [0-9a-f-]{36}:3:[0-9a-f]{1,16}");
    assertThat(err.read()).isEqualTo(-1);

    sync.run("delete", "a.b").done();
    String position = told.substring(told.indexOf("--from ") + "--from ".length());
    Process resumed = sync.builder(command("watch", "--json", "--from", position)).start();
    assertThat(next(resumed.inputReader()))
        .contains("\"position\":\"" + position.split(":")[0] + ":4:")
        .containsPattern(
            "\"changes\":\\[\\{\"kind\":\"DELETED\",\"id\":\"a.b\",\"version\":\\d+}]}$");
    interrupt(resumed);
    assertThat(resumed.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(resumed.exitValue()).isEqualTo(130);
    assertThat(line(resumed.errorReader()))
        .startsWith("{\"error\":{\"type\":\"Interrupted\"")
        .contains("\"position\":\"" + position.split(":")[0] + ":4:");
  }

  @Test
  void aPositionThatIsGoneOrNoneIsToldAtOnce() {
    sync.run("{\"id\":\"a\",\"content\":1}".getBytes(UTF_8), "ingest", "-").done();

    sync.run("watch", "--from", "elsewhere:1:2f").exits(1).says("watch without --from");
    assertThat(sync.run("watch", "--json", "--from", "elsewhere:1:2f").exits(1).err())
        .startsWith("{\"error\":{\"type\":\"PositionGone\"");
    sync.run("watch", "--from", "yesterday").exits(2).says("not a position: 'yesterday'");
  }

  private static String next(BufferedReader out) throws Exception {
    return CompletableFuture.supplyAsync(() -> line(out)).get(60, TimeUnit.SECONDS);
  }

  private static List<String> command(String... args) {
    List<String> command = new ArrayList<>(SIGINT_ON);
    command.addAll(SyncProcess.java());
    command.addAll(List.of(args));
    return command;
  }

  /** Gives lines and never an end: the ingest would wait for ever. */
  private static void feed(OutputStream in) throws IOException {
    for (int i = 0; i < 20_000; i++) {
      in.write(
          ("{\"id\":\"a." + i + "\",\"content\":\"" + "x".repeat(100) + "\"}\n").getBytes(UTF_8));
    }
    in.flush(); // a pipe holds 64 KiB, so most of the lines have been read by now
  }

  private static void interrupt(Process process) throws Exception {
    new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
  }

  private static String line(BufferedReader reader) {
    try {
      return reader.readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long added(String report) {
    return Long.parseLong(report.replaceAll(".*: ([0-9,]+) added.*", "$1").replace(",", ""));
  }

  private long stored() {
    return sync.run("ls", "a").done().text().lines().count();
  }

  private static boolean works(List<String> prefix) throws InterruptedException {
    List<String> command = new ArrayList<>(prefix);
    command.add("true");
    try {
      Process process = new ProcessBuilder(command).start();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
