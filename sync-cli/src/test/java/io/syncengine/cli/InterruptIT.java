// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.syncengine.cli.SyncProcess.Result;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C in mid-ingest. */
class InterruptIT {
  /** Undoes what a shell does to background jobs, of which Maven may be one. */
  private static final List<String> SIGINT_ON = List.of("env", "--default-signal=INT");

  @TempDir private Path folder;

  @Test
  void drainsAndReports() throws Exception {
    assumeTrue(works(SIGINT_ON), "needs GNU env");
    SyncProcess sync = new SyncProcess(folder);
    List<String> command = new ArrayList<>(SIGINT_ON);
    command.addAll(SyncProcess.java());
    command.addAll(List.of("ingest", "-"));
    Process process = sync.start(command);
    OutputStream in = process.getOutputStream(); // never closed: the ingest would wait for ever
    for (int i = 0; i < 20_000; i++) {
      in.write(
          ("{\"id\":\"a." + i + "\",\"content\":\"" + "x".repeat(100) + "\"}\n").getBytes(UTF_8));
    }
    in.flush(); // a pipe holds 64 KiB, so most of the lines have been read by now

    new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
    Result result = sync.await(process).exits(130);

    result.says("interrupted;", "every accepted write is in the ground truth");
    assertThat(result.out()).isEmpty();
    long added =
        Long.parseLong(result.err().replaceAll("(?s).*: ([0-9,]+) added.*", "$1").replace(",", ""));
    long stored = sync.run("export").done().text().lines().count();
    assertThat(added).isBetween(5_000L, stored);
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
