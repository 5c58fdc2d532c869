// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.resilience;

import static io.syncengine.resilience.CircuitBreaker.REFUSED;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.resilience.CircuitBreaker.Settings;
import io.syncengine.resilience.CircuitBreaker.State;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {
  private static final Settings SETTINGS = new Settings(10, 4, 0.5, 0.75, 100, 1000, 3, 500);

  private final SetTime time = new SetTime(0);
  private final List<String> changes = Collections.synchronizedList(new ArrayList<>());
  private final CircuitBreaker breaker = newBreaker();

  private CircuitBreaker newBreaker() {
    return new CircuitBreaker(SETTINGS, time, (before, after) -> changes.add(before + ">" + after));
  }

  private void call(boolean failed, long nanos) {
    long permit = breaker.begin();
    assertThat(permit).isNotEqualTo(REFUSED);
    breaker.ended(permit, failed, nanos);
  }

  private void open() {
    for (int i = 0; i < 4; i++) {
      call(true, 1);
    }
    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }

  @Test
  void tooFewCallsSayNothing() {
    for (int i = 0; i < 3; i++) {
      call(true, 1);
    }
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    call(true, 1);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    assertThat(changes).containsExactly("CLOSED>OPEN");
  }

  @Test
  void onlyTheLastCallsCount() {
    for (int i = 0; i < 10; i++) {
      call(false, 1);
    }
    for (int i = 0; i < 4; i++) {
      call(true, 1);
    }
    assertThat(breaker.state()).as("four of the last ten").isEqualTo(State.CLOSED);
    call(true, 1);
    assertThat(breaker.state()).as("five of the last ten").isEqualTo(State.OPEN);
  }

  @Test
  void aCallThatWentWellDoesNotOpenIt() {
    call(true, 1);
    call(true, 1);
    call(true, 1);
    call(false, 1);
    call(false, 1);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    call(true, 1);
    assertThat(breaker.state()).as("four of six, and the last one failed").isEqualTo(State.OPEN);
  }

  @Test
  void slowCallsOpenItToo() {
    call(false, 1);
    call(false, 100);
    call(false, 100);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    call(false, 100);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }

  @Test
  void openItRefusesUntilItsTimeIsOver() {
    open();
    time.nanos = 999;
    assertThat(breaker.begin()).isEqualTo(REFUSED);
    assertThat(breaker.nanosUntilTrial()).isEqualTo(1);
    time.nanos = 1000;
    assertThat(breaker.begin()).isNotEqualTo(REFUSED);
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
    assertThat(breaker.nanosUntilTrial()).isZero();
  }

  @Test
  void halfOpenItLetsAFewThroughAndClosesIfTheyComeBack() {
    open();
    time.nanos = 1000;
    long a = breaker.begin();
    long b = breaker.begin();
    long c = breaker.begin();
    assertThat(breaker.begin()).as("a fourth").isEqualTo(REFUSED);
    breaker.ended(a, false, 1);
    breaker.ended(b, true, 1);
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
    breaker.ended(c, false, 1);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    assertThat(changes).containsExactly("CLOSED>OPEN", "OPEN>HALF_OPEN", "HALF_OPEN>CLOSED");
  }

  @Test
  void halfOpenItOpensAsSoonAsTooManyHaveFailed() {
    open();
    time.nanos = 1000;
    long a = breaker.begin();
    long b = breaker.begin();
    breaker.ended(a, true, 1);
    breaker.ended(b, true, 1);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    time.nanos = 1999;
    assertThat(breaker.begin()).isEqualTo(REFUSED);
  }

  @Test
  void trialsThatDoNotComeBackInTimeOpenItAgain() {
    open();
    time.nanos = 1000;
    assertThat(breaker.begin()).isNotEqualTo(REFUSED);
    time.nanos = 1499;
    assertThat(breaker.begin()).isNotEqualTo(REFUSED);
    time.nanos = 1500;
    assertThat(breaker.begin()).isEqualTo(REFUSED);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    time.nanos = 2500;
    assertThat(breaker.begin()).isNotEqualTo(REFUSED);
  }

  @Test
  void aQuietHalfOpenOneWaitsForItsTrials() {
    open();
    time.nanos = 1000;
    call(false, 1);
    time.nanos = 100_000;
    call(false, 1);
    call(false, 1);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void whatBeganBeforeAChangeIsNotCountedAfterIt() {
    long slow = breaker.begin();
    open();
    time.nanos = 1000;
    long trial = breaker.begin();
    breaker.ended(slow, true, 1000);
    breaker.ended(trial, false, 1);
    call(false, 1);
    call(false, 1);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void aCallThatSaysNothingGivesItsPlaceBack() {
    open();
    time.nanos = 1000;
    for (int i = 0; i < 10; i++) {
      breaker.abandoned(breaker.begin());
    }
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
    List<Long> trials = List.of(breaker.begin(), breaker.begin(), breaker.begin());
    assertThat(trials).doesNotContain(REFUSED);
    assertThat(breaker.begin()).as("no more than before").isEqualTo(REFUSED);
    trials.forEach(trial -> breaker.ended(trial, false, 1));
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void otherSettingsKeepTheStateAndForgetWhatWasSeen() {
    call(true, 1);
    call(true, 1);
    call(true, 1);
    breaker.configure(SETTINGS);
    call(true, 1);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    call(true, 1);
    call(true, 1);
    call(true, 1);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    breaker.configure(SETTINGS);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }

  @Test
  void manyThreadsNeverGetMoreTrialsThanThereAre() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    for (int round = 0; round < 200; round++) {
      CircuitBreaker shared = newBreaker();
      for (int i = 0; i < 4; i++) {
        shared.ended(shared.begin(), true, 1);
      }
      time.nanos += 1000;
      Callable<Long> begins =
          () -> IntStream.range(0, 3).filter(i -> shared.begin() != REFUSED).count();
      long admitted = 0;
      for (Future<Long> each : threads.invokeAll(Collections.nCopies(4, begins))) {
        admitted += each.get();
      }
      assertThat(admitted).isEqualTo(3);
    }
    threads.shutdownNow();
  }
}
