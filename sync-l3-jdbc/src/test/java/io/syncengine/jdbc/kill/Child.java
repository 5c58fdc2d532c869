// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc.kill;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.jdbc.JavaChild;
import io.syncengine.spi.FailPoint;
import io.syncengine.testkit.CrashPoints;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Starts a {@link KillChild}, listens to it, kills it, and sees to it that it is dead. */
final class Child {
  private static final int SIGKILL_STATUS = 128 + 9;
  private static final Duration LIFE = Duration.ofSeconds(60);

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
    try (JavaChild child = start(leftOut)) {
      boolean kills = scenario.point(run) == null;
      long before = ledger.acks();
      String line = child.line();
      while (line != null) {
        ledger.take(line);
        if (kills && ledger.acks() - before >= scenario.killAfter()) {
          child.kill();
          kills = false;
        }
        line = child.line();
      }
      assertThat(child.end())
          .as(() -> "the end of " + scenario + ", run " + run + ": " + child.errors())
          .isEqualTo(scenario.point(run) == null ? SIGKILL_STATUS : CrashPoints.HALT_STATUS);
    }
  }

  private JavaChild start(FailPoint... leftOut) throws IOException {
    List<String> args = new ArrayList<>();
    args.addAll(List.of(folder.toString(), "" + scenario.seed(), "" + kind, "" + run));
    Arrays.stream(leftOut).map(FailPoint::name).forEach(args::add);
    return JavaChild.start(
        folder,
        "child-" + run,
        LIFE,
        List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
        KillChild.class,
        args.toArray(String[]::new));
  }
}
