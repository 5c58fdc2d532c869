// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** One server that has been made: launched, killed, paused, and launched again. */
// Concurrency: one lock, held over what changes the server's state; a test may kill the server on
// another thread than its own.
final class Instance implements Closeable {
  private static final Duration START = Duration.ofSeconds(90);
  private static final Duration PAUSE = Duration.ofMillis(10);

  private final String title;
  private final Host host;
  private final Readiness readiness;
  private boolean paused;

  /** Asks the server for something. */
  interface Readiness {
    /** Throws while the server does not answer as it should. */
    void ask() throws Exception;
  }

  /** Nothing runs yet. */
  Instance(String title, Host host, Readiness readiness) {
    this.title = title;
    this.host = host;
    this.readiness = readiness;
  }

  int port() {
    return host.port();
  }

  /** The end of the server's log. */
  String log() {
    return host.log();
  }

  /** Launches it and waits until it is ready. */
  synchronized void launch() throws IOException {
    paused = false;
    host.start();
    await("be ready", readiness);
  }

  /** Waits until something holds, as long as the server runs. */
  void await(String what, Readiness condition) throws IOException {
    long end = System.nanoTime() + START.toNanos();
    Exception last = null;
    while (System.nanoTime() - end < 0 && host.isRunning()) {
      try {
        condition.ask();
        return;
      } catch (Exception e) {
        last = e;
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
    String why = host.isRunning() ? "did not come to " + what + " in " + START : "ended";
    throw new IOException(title + " " + why + "; its log:\n" + host.log(), last);
  }

  synchronized void kill() {
    unchecked(host::kill);
    paused = false;
  }

  synchronized void pause() {
    unchecked(host::pause);
    paused = true;
  }

  synchronized void resume() {
    unchecked(host::resume);
    paused = false;
  }

  synchronized void restart() {
    kill();
    unchecked(this::launch);
  }

  /** Makes it serve, whatever a test has done to it. */
  synchronized void heal() {
    if (!host.isRunning()) {
      unchecked(this::launch);
    } else if (paused) {
      resume();
    }
  }

  @Override
  public synchronized void close() throws IOException {
    host.close();
  }

  private static void unchecked(Action action) {
    try {
      action.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private interface Action {
    void run() throws IOException;
  }
}
