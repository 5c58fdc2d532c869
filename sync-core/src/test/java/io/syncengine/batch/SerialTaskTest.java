// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.spi.Scheduler;
import io.syncengine.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SerialTaskTest {
  private final ArrayDeque<Runnable> queue = new ArrayDeque<>();
  private final List<Duration> timers = new ArrayList<>();
  private final List<Runnable> fire = new ArrayList<>();
  private final List<Throwable> errors = new ArrayList<>();
  private final AtomicInteger runs = new AtomicInteger();
  private final AtomicInteger cancelled = new AtomicInteger();
  private final Scheduler scheduler =
      (task, delay) -> {
        timers.add(delay);
        fire.add(task);
        return cancelled::incrementAndGet;
      };

  private SerialTask task(Runnable body) {
    return new SerialTask(queue::add, scheduler, TimeSource.SYSTEM, body, errors::add);
  }

  private void runAll() {
    for (Runnable next = queue.poll(); next != null; next = queue.poll()) {
      next.run();
    }
  }

  @Test
  void manyKicksBeforeARunAreOneRun() {
    SerialTask task = task(runs::incrementAndGet);
    task.kick();
    assertThat(queue).hasSize(1);
    runAll();
    assertThat(runs).hasValue(1);
    task.kick();
    runAll();
    assertThat(runs).hasValue(2);
  }

  @Test
  void aKickDuringARunMakesOneMore() {
    SerialTask[] task = new SerialTask[1];
    task[0] =
        task(
            () -> {
              if (runs.incrementAndGet() == 1) {
                task[0].kick();
                task[0].kick();
              }
            });
    task[0].kick();
    runAll();
    assertThat(runs).hasValue(2);
  }

  @Test
  void whatARunThrowsIsToldAndTheTaskGoesOn() {
    SerialTask task =
        task(
            () -> {
              if (runs.incrementAndGet() == 1) {
                throw new IllegalStateException("once");
              }
            });
    task.kick();
    runAll();
    task.kick();
    runAll();
    assertThat(errors).hasSize(1);
    assertThat(runs).hasValue(2);
  }

  @Test
  void theEarliestTimerCounts() {
    SerialTask task = task(runs::incrementAndGet);
    task.kickAfter(TimeUnit.HOURS.toNanos(2));
    task.kickAfter(TimeUnit.HOURS.toNanos(3));
    assertThat(timers).hasSize(1);
    task.kickAfter(TimeUnit.HOURS.toNanos(1));
    assertThat(timers).hasSize(2);
    assertThat(cancelled).hasValue(1);
    fire.get(1).run();
    runAll();
    assertThat(runs).hasValue(1);
    task.kickAfter(-5);
    assertThat(timers.get(2)).isEqualTo(Duration.ZERO);
  }

  @Test
  void afterStopNothingRuns() {
    SerialTask task = task(runs::incrementAndGet);
    task.kick();
    task.kickAfter(TimeUnit.HOURS.toNanos(1));
    assertThat(task.stop(Duration.ofSeconds(1))).isTrue();
    assertThat(cancelled).hasValue(1);
    runAll();
    task.kick();
    runAll();
    assertThat(runs).hasValue(0);
  }

  @Test
  void stopWaitsForTheRunWithinItsBound() throws Exception {
    ExecutorService executor = Executors.newSingleThreadExecutor();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    SerialTask task =
        new SerialTask(
            executor,
            scheduler,
            TimeSource.SYSTEM,
            () -> {
              begun.countDown();
              try {
                assertThat(goOn.await(20, TimeUnit.SECONDS)).isTrue();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              runs.incrementAndGet();
            },
            errors::add);
    task.kick();
    assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(task.stop(Duration.ofMillis(20))).isFalse();
    goOn.countDown();
    assertThat(task.stop(Duration.ofSeconds(20))).isTrue();
    assertThat(runs).hasValue(1);
    executor.shutdown();
  }

  @Test
  void anExecutorThatHasEndedEndsTheTask() {
    SerialTask task =
        new SerialTask(
            r -> {
              throw new RejectedExecutionException();
            },
            scheduler,
            TimeSource.SYSTEM,
            runs::incrementAndGet,
            errors::add);
    task.kick();
    task.kick();
    assertThat(runs).hasValue(0);
    assertThat(task.stop(Duration.ofSeconds(1))).isTrue();
  }

  @Test
  void runsNeverOverlap() throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(4);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger overlaps = new AtomicInteger();
    CountDownLatch begun = new CountDownLatch(1);
    SerialTask task =
        new SerialTask(
            executor,
            scheduler,
            TimeSource.SYSTEM,
            () -> {
              if (inside.incrementAndGet() > 1) {
                overlaps.incrementAndGet();
              }
              runs.incrementAndGet();
              begun.countDown();
              inside.decrementAndGet();
            },
            errors::add);
    task.kick();
    assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
    Thread[] kickers = new Thread[3];
    for (int i = 0; i < kickers.length; i++) {
      kickers[i] =
          new Thread(
              () -> {
                for (int n = 0; n < 20_000; n++) {
                  task.kick();
                }
              });
      kickers[i].start();
    }
    for (Thread kicker : kickers) {
      kicker.join(20_000);
    }
    task.stop(Duration.ofSeconds(20));
    executor.shutdown();
    assertThat(overlaps).hasValue(0);
  }
}
