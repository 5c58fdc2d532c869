// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Says whether a container can be started here, without touching Testcontainers where it is not on
 * the class path, and in a time of its own: asking a Docker socket that takes connections and never
 * answers has taken 90 s.
 */
final class Docker {
  /** What somebody has to add who wants containers. */
  static final String ARTIFACT = "org.testcontainers:testcontainers";

  private static final String CLASS = "org.testcontainers.containers.GenericContainer";
  private static final Duration BOUND = Duration.ofSeconds(10);

  private final ClassLoader loader;
  private final Callable<@Nullable String> hostName;
  private final Duration bound;

  /**
   * A Docker.
   *
   * @param loader has Testcontainers, or has not
   * @param hostName asks Docker where ports of its containers can be reached; null if there is none
   * @param bound of that question
   */
  Docker(ClassLoader loader, Callable<@Nullable String> hostName, Duration bound) {
    this.loader = loader;
    this.hostName = hostName;
    this.bound = bound;
  }

  /** The one that Testcontainers finds. */
  static Docker ofThisMachine() {
    return new Docker(Docker.class.getClassLoader(), () -> ContainerHost.dockerHostName(), BOUND);
  }

  /** Throws, with what would help, if no container can be started on this machine. */
  void require() throws UnavailableException {
    try {
      Class.forName(CLASS, false, loader);
    } catch (ClassNotFoundException e) {
      throw new UnavailableException(ARTIFACT + " is not on the test class path.", e);
    }
    String name = ask();
    if (name == null) {
      throw new UnavailableException("Testcontainers finds no Docker.");
    }
    if (!name.equals("localhost") && !name.equals("127.0.0.1")) {
      throw new UnavailableException("Docker is on another machine: " + name + ".");
    }
  }

  private @Nullable String ask() throws UnavailableException {
    FutureTask<@Nullable String> question = new FutureTask<>(hostName);
    Thread thread = new Thread(question, "docker-probe");
    thread.setDaemon(true);
    thread.start();
    try {
      return question.get(bound.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      thread.interrupt();
      throw new UnavailableException("Docker does not answer within " + bound + ".", e);
    } catch (ExecutionException e) {
      throw new UnavailableException("Docker cannot be asked: " + e.getCause() + ".", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("interrupted.", e);
    }
  }
}
