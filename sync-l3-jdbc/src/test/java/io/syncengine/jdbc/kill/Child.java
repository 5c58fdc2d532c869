// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc.kill;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.spi.FailPoint;
import io.syncengine.testkit.CrashPoints;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Starts a {@link KillChild}, listens to it, kills it, and sees to it that it is dead. */
final class Child {
  private static final int SIGKILL_STATUS = 128 + 9;
  private static final int BOUND_SECONDS = 60;

  private final Scenario scenario;
  private final int kind;
  private final Path folder;
  private final int run;

  Child(Scenario scenario, Path folder, int run) {
    this.scenario = scenario;
    this.kind = Scenario.KILLS.indexOf(scenario.kill());
    this.folder = folder;
    this.run = run;
  }

  /** Lets it live until it is killed or kills itself; the ledger takes all that it says. */
  void liveAndDie(Ledger ledger, FailPoint... leftOut) throws IOException, InterruptedException {
    Path errors = folder.resolve("child-" + run + ".err");
    Process process = start(errors, leftOut);
    CompletableFuture<Void> late =
        CompletableFuture.runAsync(
            () -> kill(process),
            CompletableFuture.delayedExecutor(BOUND_SECONDS, TimeUnit.SECONDS));
    try (BufferedReader lines = process.inputReader(StandardCharsets.US_ASCII)) {
      boolean kills = scenario.point(run) == null;
      long before = ledger.acks();
      String line = lines.readLine();
      while (line != null) {
        ledger.take(line);
        if (kills && ledger.acks() - before >= scenario.killAfter()) {
          kill(process);
          kills = false;
        }
        line = lines.readLine();
      }
      assertThat(process.waitFor(BOUND_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(late).as("%s, run %s, was killed in time", scenario, run).isNotDone();
      assertThat(process.exitValue())
          .as(() -> "the end of " + scenario + ", run " + run + ": " + read(errors))
          .isEqualTo(scenario.point(run) == null ? SIGKILL_STATUS : CrashPoints.HALT_STATUS);
    } finally {
      late.cancel(true);
      process.destroyForcibly().waitFor();
    }
  }

  /** SIGKILL; unlike {@link Process#destroyForcibly} it leaves the pipe open for what was said. */
  private static void kill(Process process) {
    process.toHandle().destroyForcibly();
  }

  private Process start(Path errors, FailPoint... leftOut) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(KillChild.class.getName());
    command.addAll(List.of(folder.toString(), "" + scenario.seed(), "" + kind, "" + run));
    Arrays.stream(leftOut).map(FailPoint::name).forEach(command::add);
    return new ProcessBuilder(command).redirectError(errors.toFile()).start();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
