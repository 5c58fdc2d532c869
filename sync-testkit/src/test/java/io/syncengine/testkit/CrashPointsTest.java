// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.spi.FailPoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CrashPointsTest {
  private final CrashPoints points = new CrashPoints();

  @Test
  void goesOnAndCounts() {
    assertThat(points.proceed(FailPoint.ACK)).isTrue();
    assertThat(points.proceed(FailPoint.ACK)).isTrue();

    assertThat(points.times(FailPoint.ACK)).isEqualTo(2);
    assertThat(points.times(FailPoint.GATE)).isZero();
  }

  @Test
  void throwsAtTheNthTimeFromNowOnly() {
    points.proceed(FailPoint.ACK);
    points.throwAt(FailPoint.ACK, 2, () -> new IllegalStateException("now"));

    assertThat(points.proceed(FailPoint.ACK)).isTrue();
    assertThatThrownBy(() -> points.proceed(FailPoint.ACK)).hasMessage("now");
    assertThat(points.proceed(FailPoint.ACK)).isTrue();
  }

  @Test
  void leavesAStepOutUntilCleared() {
    points.leaveOut(FailPoint.TIER_FENCE);

    assertThat(points.proceed(FailPoint.TIER_FENCE)).isFalse();
    assertThat(points.proceed(FailPoint.TIER_FENCE)).isFalse();
    points.clear(FailPoint.TIER_FENCE);
    assertThat(points.proceed(FailPoint.TIER_FENCE)).isTrue();
  }

  @Test
  void holdsAThreadUntilReleased() {
    CompletableFuture<Boolean> passed;
    try (Gate gate = points.blockAt(FailPoint.PUBLISH)) {
      passed = CompletableFuture.supplyAsync(() -> points.proceed(FailPoint.PUBLISH));
      gate.awaitReached(passed);
      assertThat(gate.held()).isEqualTo(1);
      assertThat(passed).isNotDone();
    }

    assertThat(passed.join()).isTrue();
    assertThatCode(() -> points.proceed(FailPoint.PUBLISH)).doesNotThrowAnyException();
  }

  @Test
  void aGateThatTheWorkPassesByIsNotWaitedFor() {
    try (Gate gate = points.blockAt(FailPoint.PUBLISH)) {
      CompletableFuture<Void> work = CompletableFuture.runAsync(() -> {});

      assertThatThrownBy(() -> gate.awaitReached(work)).isInstanceOf(AssertionError.class);
    }
  }

  @Test
  void thereIsNoZerothTime() {
    assertThatThrownBy(() -> points.haltAt(FailPoint.ACK, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void haltsTheProcessWithoutItsShutdownHooks() throws IOException, InterruptedException {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName())
            .redirectErrorStream(true)
            .start();
    try {
      assertThat(new String(child.getInputStream().readAllBytes())).isEqualTo("1");
      assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(child.exitValue()).isEqualTo(CrashPoints.HALT_STATUS);
    } finally {
      child.destroyForcibly();
    }
  }

  /** Reaches a step twice, and halts at the second time. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.print("hook")));
      CrashPoints points = new CrashPoints().haltAt(FailPoint.ACK, 2);
      for (int i = 1; points.proceed(FailPoint.ACK); i++) {
        System.out.print(i);
        System.out.flush();
      }
    }
  }
}
