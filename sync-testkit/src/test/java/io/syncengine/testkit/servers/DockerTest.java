// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** When a container can be started, by a Docker that answers as it is told to. */
class DockerTest {
  private static final Duration BOUND = Duration.ofSeconds(30);

  @Test
  void oneOfThisMachineIsTaken() {
    assertThatCode(() -> docker(() -> "localhost").require()).doesNotThrowAnyException();
  }

  @Test
  void withoutDockerThereIsNoContainer() {
    assertUnavailable(docker(() -> null), "Testcontainers finds no Docker.");
  }

  @Test
  void oneOfAnotherMachineIsOfNoUse() {
    assertUnavailable(docker(() -> "10.0.0.7"), "Docker is on another machine: 10.0.0.7.");
  }

  @Test
  void oneThatFailsSaysWhy() {
    assertUnavailable(
        docker(
            () -> {
              throw new IllegalStateException("no permission");
            }),
        "Docker cannot be asked: java.lang.IllegalStateException: no permission.");
  }

  @Test
  void oneThatNeverAnswersIsGivenUpInTime() throws InterruptedException {
    CountDownLatch interrupted = new CountDownLatch(1);
    Docker silent =
        new Docker(
            getClass().getClassLoader(),
            () -> {
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.countDown();
              }
              return null;
            },
            Duration.ofMillis(100));

    long start = System.nanoTime();
    assertUnavailable(silent, "Docker does not answer within PT0.1S.");

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(BOUND);
    interrupted.await();
  }

  @Test
  void whoHasNoTestcontainersIsToldWhatToAddAndDockerIsNotAsked() {
    Callable<String> never =
        () -> {
          throw new AssertionError("Docker was asked");
        };

    assertUnavailable(
        new Docker(ClassLoader.getPlatformClassLoader(), never, BOUND),
        "org.testcontainers:testcontainers is not on the test class path.");
  }

  private static Docker docker(Callable<String> answer) {
    return new Docker(DockerTest.class.getClassLoader(), answer, BOUND);
  }

  private static void assertUnavailable(Docker docker, String why) {
    assertThatThrownBy(docker::require).isInstanceOf(UnavailableException.class).hasMessage(why);
  }
}
