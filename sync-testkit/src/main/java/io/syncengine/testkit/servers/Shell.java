// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs a program to its end, with a bound, and keeps what it says. */
final class Shell {
  private Shell() {}

  /** How a program ended, and what it wrote to both of its outputs. */
  record Result(int status, String output) {
    boolean ok() {
      return status == 0;
    }
  }

  /**
   * Runs a program.
   *
   * @param input its standard input; null for none
   * @throws IOException if it cannot be started, or is not done in time; it has been killed then
   */
  static Result run(Duration bound, @Nullable Path input, List<String> command) throws IOException {
    Path output = Files.createTempFile("sync-servers", ".out");
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.redirectInput(input == null ? Path.of("/dev/null").toFile() : input.toFile());
      Process process = builder.redirectOutput(output.toFile()).start();
      if (!waitFor(process, bound)) {
        process.destroyForcibly();
        throw new IOException(
            "not done within " + bound + ": " + command.get(0) + "\n" + text(output));
      }
      return new Result(process.exitValue(), text(output));
    } finally {
      Files.deleteIfExists(output);
    }
  }

  /** Sends a signal, as {@code KILL}; nothing happens if the process is gone already. */
  static void signal(String name, long pid) {
    try {
      run(
          Duration.ofSeconds(10),
          null,
          List.of("/bin/sh", "-c", "kill -\"$0\" \"$1\" 2>/dev/null", name, Long.toString(pid)));
    } catch (IOException e) {
      throw new UncheckedIOException("no signal could be sent", e);
    }
  }

  /** Waits for the end of a process, and lets an interrupt cut that short. */
  static boolean waitFor(Process process, Duration bound) throws IOException {
    try {
      return process.waitFor(bound.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).strip();
  }
}
