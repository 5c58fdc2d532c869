// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private long now = 77; // nanoTime begins anywhere
  private long count;
  private long done;

  @Test
  void aBarWithRateAndTimeLeft() {
    Progress progress = progress(70, 1000);

    assertThat(shown(progress, 1, 50, 250))
        .isEqualTo(
            "\ringest  25 % ["
                + "=".repeat(6)
                + ">"
                + " ".repeat(20)
                + "]  50 lines  50/s  0:03 left\u001b[K");
    assertThat(shown(progress, 1, 1_100, 500))
        .isEqualTo(
            "\ringest  50 % ["
                + "=".repeat(11)
                + ">"
                + " ".repeat(11)
                + "]  1,100 lines  550/s  0:02 left\u001b[K");
    assertThat(shown(progress, 2, 1_200, 1000))
        .isEqualTo(
            "\ringest 100 % [" + "=".repeat(23) + "]  1,200 lines  300/s  0:00 left\u001b[K");
  }

  @Test
  void theRateIsThatOfTheLastSeconds() {
    Progress progress = progress(200, 1_000_000_000);
    shown(progress, 10, 100_000, 100);
    for (int i = 0; i < 6; i++) {
      shown(progress, 1, count + 10, done + 10);
    }

    assertThat(shown(progress, 0, count, done))
        .contains("100,060 lines  10/s  ")
        .contains("  27777:46:24 left");
  }

  @Test
  void aStandstillHasNoEnd() {
    Progress progress = progress(70, 1000);
    shown(progress, 1, 10, 100);
    shown(progress, 6, 10, 100);

    assertThat(shown(progress, 6, 10, 100)).endsWith("]  10 lines  0/s  -:-- left\u001b[K");
  }

  @Test
  void aCountAndTheTimeGoneWhereTheTotalIsNotKnown() {
    Progress progress = progress(70, 0);

    assertThat(shown(progress, 1, 50, 250)).isEqualTo("\ringest -  50 lines  50/s  0:01\u001b[K");
    assertThat(shown(progress, 3661, 3712, 0)).contains("  3,712 lines  1/s  1:01:02");
  }

  @Test
  void neverFillsTheLastColumn() {
    for (int columns = 1; columns < 150; columns++) {
      for (long total : new long[] {0, 1000}) {
        String text = shown(progress(columns, total), 1, 12_345, 333);
        assertThat(text).startsWith("\r").endsWith("\u001b[K");
        assertThat(text.length() - "\r\u001b[K".length()).isLessThan(columns);
        err.reset();
      }
    }
  }

  @Test
  void linesWhereThereIsNoTerminal() {
    assertThat(shown(progress(0, 1000), 1, 50, 250))
        .isEqualTo("sync: ingest: 25 %, 50 lines, 50/s, 3 s left\n");
    assertThat(shown(progress(0, 0), 2, 4_000, 0))
        .isEqualTo("sync: ingest: 4,000 lines, 1,975/s\n");
    assertThat(shown(progress(0, 9000), 1, 4_000, 0)).contains("ingest: 0 %, 4,000 lines, 0/s\n");
  }

  @Test
  void isGoneWhenTheWorkIsDone() throws InterruptedException {
    Progress.during(work(1000), messages(80), () -> count++);

    assertThat(count).isEqualTo(1);
    assertThat(Screen.after(err.toString(UTF_8))).allMatch(String::isEmpty);
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals("sync-progress")) {
        // Its last task is through; the thread itself ends a moment later.
        thread.join(10_000);
        assertThat(thread.isAlive()).isFalse();
      }
    }
  }

  private String shown(Progress progress, long seconds, long newCount, long newDone) {
    err.reset();
    now += Duration.ofSeconds(seconds).toNanos();
    count = newCount;
    done = newDone;
    progress.show();
    return err.toString(UTF_8);
  }

  private Progress progress(int columns, long total) {
    return new Progress(work(total), messages(columns), () -> now);
  }

  private Progress.Work work(long total) {
    return new Progress.Work("ingest", "lines", () -> count, () -> done, total);
  }

  private Messages messages(int columns) {
    Launch launch = new Launch("sync", columns, Launch.Out.OTHER);
    return new Messages(new PrintStream(err, true, UTF_8), launch, false, false);
  }
}
