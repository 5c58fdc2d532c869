// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.model.RetryPolicy;
import io.syncengine.model.SyncEngineException;
import io.syncengine.model.TierException;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RetriesTest {
  private static final RetryPolicy POLICY =
      new RetryPolicy(4, Duration.ofMillis(10), Duration.ofMillis(40));

  private final List<Duration> pauses = new ArrayList<>();
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicInteger cancelled = new AtomicInteger();
  private final SetTime time = new SetTime(0);

  /** The clock stands where the pause ends as soon as it begins. */
  private final Scheduler scheduler =
      (task, delay) -> {
        pauses.add(delay);
        time.nanos += delay.toNanos();
        task.run();
        return cancelled::incrementAndGet;
      };

  @AfterEach
  void noTestLeavesItsThreadInterrupted() {
    assertThat(Thread.interrupted()).isFalse();
  }

  private Retries retries(Duration bound, Scheduler waits) {
    // Draws the longest pause that its bound allows.
    RandomGenerator longest =
        new RandomGenerator() {
          @Override
          public long nextLong() {
            return 0;
          }

          @Override
          public long nextLong(long bound) {
            return bound - 1;
          }
        };
    return new Retries(() -> POLICY, bound, time, waits, longest);
  }

  /** Fails so many times with what may pass. */
  private String failing(int times) {
    if (calls.incrementAndGet() <= times) {
      throw new TierUnavailableException("L3", "load", "try " + calls.get(), null);
    }
    return "done";
  }

  @Test
  void whatMayPassIsTriedAgainAfterLongerAndLongerPauses() {
    assertThat(retries(Duration.ofDays(1), scheduler).call(() -> failing(3))).isEqualTo("done");
    assertThat(pauses)
        .containsExactly(Duration.ofMillis(10), Duration.ofMillis(20), Duration.ofMillis(40));
  }

  @Test
  void theLastFailureIsThrownWhenAllTriesAreUsedUp() {
    Retries retries = retries(Duration.ofDays(1), scheduler);
    assertThatThrownBy(() -> retries.run(() -> failing(9)))
        .isInstanceOf(TierUnavailableException.class)
        .hasMessageContaining("try 4");
    assertThat(calls).hasValue(4);
  }

  @Test
  void noTryBeginsAfterTheBound() {
    time.nanos = 1_000_000_000; // a clock may stand anywhere
    assertThatThrownBy(() -> retries(Duration.ofMillis(69), scheduler).call(() -> failing(9)))
        .hasMessageContaining("try 3");
    assertThat(pauses).as("the pause that would pass the bound").hasSize(2);
    calls.set(0);
    assertThat(retries(Duration.ofMillis(70), scheduler).call(() -> failing(3)))
        .as("at the bound")
        .isEqualTo("done");
  }

  @Test
  void theTimeOfTheCallsCountsToo() {
    Retries retries = retries(Duration.ofMillis(15), scheduler);
    assertThatThrownBy(
            () ->
                retries.run(
                    () -> {
                      time.nanos += Duration.ofMillis(6).toNanos();
                      failing(9);
                    }))
        .hasMessageContaining("try 1");
  }

  @Test
  void whatWillNotPassIsNotTriedAgain() {
    TierException refused = new TierException("L3", "load", false, "refused", null);
    TierException notAsked = new NotAskedException("L3", "load", "not reached yet");
    for (TierException failure : List.of(refused, notAsked)) {
      calls.set(0);
      assertThatThrownBy(
              () ->
                  retries(Duration.ofDays(1), scheduler)
                      .run(
                          () -> {
                            calls.incrementAndGet();
                            throw failure;
                          }))
          .isSameAs(failure);
      assertThat(calls).hasValue(1);
    }
    assertThat(pauses).isEmpty();
  }

  @Test
  void aClockThatStandsStillHoldsNobodyUp() {
    Scheduler never = (task, delay) -> cancelled::incrementAndGet;
    assertThat(retries(Duration.ofDays(1), never).call(() -> failing(1))).isEqualTo("done");
    assertThat(cancelled).as("the timer is called off").hasValue(1);
  }

  @Test
  void anInterruptEndsThePauseAndStands() {
    Scheduler never = (task, delay) -> cancelled::incrementAndGet;
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> retries(Duration.ofDays(1), never).call(() -> failing(9)))
        .isExactlyInstanceOf(SyncEngineException.class)
        .hasCauseInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(cancelled).hasValue(1);
    assertThat(calls).hasValue(1);
  }
}
