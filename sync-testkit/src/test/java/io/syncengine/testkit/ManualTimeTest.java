// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.spi.Scheduler.Cancellable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ManualTimeTest {
  private final ManualTime time = new ManualTime();
  private final List<String> ran = new ArrayList<>();

  @Test
  void timePassesOnlyWhenTurned() {
    long wall = time.currentTimeMillis();

    time.advance(Duration.ofMillis(1_500));

    assertThat(time.nanoTime()).isEqualTo(1_500_000_000L);
    assertThat(time.currentTimeMillis()).isEqualTo(wall + 1_500);
  }

  @Test
  void tasksRunInOrderOfTheirTimeThenOfTheirScheduling() {
    add("late", 20);
    add("early", 10);
    add("early too", 10);
    add("never", 31);

    time.advance(Duration.ofMillis(30));

    assertThat(ran).containsExactly("early@10", "early too@10", "late@20");
    assertThat(time.scheduledTasks()).isEqualTo(1);
  }

  @Test
  void whatATaskSchedulesRunsIfItFallsDue() {
    time.schedule(() -> add("next", 10), Duration.ofMillis(10));

    time.advance(Duration.ofMillis(20));

    assertThat(ran).containsExactly("next@20");
  }

  @Test
  void aTaskWithoutDelayRunsAtTheNextTurnOnly() {
    add("now", 0);
    assertThat(ran).isEmpty();

    time.advance(Duration.ZERO);

    assertThat(ran).containsExactly("now@0");
  }

  @Test
  void aCancelledTaskNeverRuns() {
    Cancellable task = add("cancelled", 10);

    task.cancel();
    task.cancel();
    time.advance(Duration.ofMillis(10));

    assertThat(ran).isEmpty();
  }

  @Test
  void theWallClockGoesBackAlone() {
    time.advance(Duration.ofSeconds(5));
    long nanos = time.nanoTime();
    add("later", 10);

    time.setWallClock(Instant.ofEpochMilli(1_000));

    assertThat(time.currentTimeMillis()).isEqualTo(1_000);
    assertThat(time.nanoTime()).isEqualTo(nanos);
    assertThat(ran).isEmpty();
    time.advance(Duration.ofMillis(10));
    assertThat(time.currentTimeMillis()).isEqualTo(1_010);
    assertThat(ran).hasSize(1);
  }

  @Test
  void monotonicTimeCannotBeTurnedBack() {
    assertThatThrownBy(() -> time.advance(Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> time.schedule(() -> {}, Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aTaskThatThrowsStopsNoOther() {
    time.schedule(
        () -> {
          throw new IllegalStateException("first");
        },
        Duration.ofMillis(1));
    add("second", 2);

    assertThatThrownBy(() -> time.advance(Duration.ofMillis(5))).hasMessage("first");

    assertThat(ran).containsExactly("second@2");
    assertThat(time.nanoTime()).isEqualTo(5_000_000);
  }

  @Test
  void aTestWaitsForWhatAnotherThreadSchedules() {
    CompletableFuture.runAsync(() -> time.schedule(() -> ran.add("other"), Duration.ZERO));

    time.awaitScheduled(1, Gate.LIMIT);
    time.advance(Duration.ZERO);

    assertThat(ran).containsExactly("other");
    assertThatThrownBy(() -> time.awaitScheduled(1, Duration.ofMillis(1)))
        .isInstanceOf(AssertionError.class);
  }

  private Cancellable add(String name, long millis) {
    return time.schedule(
        () -> ran.add(name + "@" + time.nanoTime() / 1_000_000), Duration.ofMillis(millis));
  }
}
