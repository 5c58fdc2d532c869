// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.jdbc.kill.Scenario.Flush;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.FailPoints;
import io.syncengine.testkit.CrashPoints;
import io.syncengine.testkit.Seeds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * P1, P2, P3: a process with many calls in flight is killed, by SIGKILL and at each fail point, and
 * started again: no acknowledged write is missing, no id is older than its last ack, no deleted id
 * is back. {@code -Dsync.kills=300} for more; a seed replays what is done, not how threads run.
 */
class KillIT {
  @TempDir Path folder;

  @Test
  void nothingAcknowledgedIsLostByAKill() {
    KillTable table = new KillTable();
    int seeds = Integer.getInteger("sync.kills", Scenario.KILLS.size());
    try {
      Seeds.forEach("KillIT", seeds, seed -> kill(Scenario.of(seed), table));
    } finally {
      System.out.println(table);
    }
    boolean replayed = Long.getLong(Seeds.SEED) != null;
    assertThat(table.kills()).isGreaterThanOrEqualTo(replayed ? 1 : seeds);
  }

  private void kill(Scenario scenario, KillTable table) {
    try {
      Path store = Files.createDirectory(folder.resolve(Long.toString(scenario.seed())));
      Ledger ledger = new Ledger(scenario);
      Recovery recovery = new Recovery(scenario, store, ledger);
      for (int run = 1; run <= scenario.runs(); run++) {
        long before = ledger.acks();
        new Child(scenario, store, run).liveAndDie(ledger);
        long behind = recovery.inspect();
        FailPoint point = scenario.point(run);
        String kind = point == null ? "SIGKILL " + scenario.kill().flush() : point.name();
        table.add(kind, 1, ledger.acks() - before, behind);
        if (scenario.kill().flush() != Flush.BUSY) {
          assertThat(behind).as("ids only in the log, %s", scenario).isPositive();
        }
      }
      recovery.verify(FailPoints.OFF);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void withoutTheAppendItFails() throws IOException, InterruptedException {
    Scenario scenario = stalled();
    Ledger ledger = new Ledger(scenario);
    new Child(scenario, folder, 1).liveAndDie(ledger, FailPoint.LOG_APPEND);
    Recovery recovery = new Recovery(scenario, folder, ledger);
    assertThatThrownBy(() -> recovery.verify(FailPoints.OFF))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("after the restart");
  }

  @Test
  void withoutTheReplayItFails() throws IOException, InterruptedException {
    Scenario scenario = stalled();
    Ledger ledger = new Ledger(scenario);
    new Child(scenario, folder, 1).liveAndDie(ledger);
    Recovery recovery = new Recovery(scenario, folder, ledger);
    assertThat(recovery.inspect()).isPositive();
    assertThatThrownBy(() -> recovery.verify(new CrashPoints().leaveOut(FailPoint.REPLAY)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("after the restart");
  }

  private static Scenario stalled() {
    for (int kind = 0; kind < Scenario.KILLS.size(); kind++) {
      Scenario scenario = Scenario.of(1, kind);
      if (scenario.kill().point() == null && scenario.kill().flush() == Flush.STALLED) {
        return scenario;
      }
    }
    throw new IllegalStateException("no scenario of this kind");
  }
}
