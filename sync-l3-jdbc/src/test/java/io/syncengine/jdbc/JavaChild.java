// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Another process of Java with this one's class path, whose lines are read as it writes them. It is
 * killed when its time is over, so that whoever reads them comes to an end.
 */
public final class JavaChild implements AutoCloseable {
  private static final int END_SECONDS = 60;

  private final Process process;
  private final Path errors;
  private final BufferedReader lines;
  private final CompletableFuture<Void> late;

  private JavaChild(Process process, Path errors, Duration life) {
    this.process = process;
    this.errors = errors;
    this.lines = process.inputReader(StandardCharsets.UTF_8);
    this.late =
        CompletableFuture.runAsync(
            this::kill, CompletableFuture.delayedExecutor(life.toMillis(), TimeUnit.MILLISECONDS));
  }

  /**
   * Starts a main class.
   *
   * @param folder gets a file with what the process says on standard error, under its name
   * @param life after which it is killed
   * @param options of the JVM
   */
  public static JavaChild start(
      Path folder, String name, Duration life, List<String> options, Class<?> main, String... args)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(args));
    Path errors = folder.resolve(name + ".err");
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    return new JavaChild(process, errors, life);
  }

  /** The next line; null when the process has closed its output. */
  public String line() throws IOException {
    return lines.readLine();
  }

  /** Tells it something: it reads a line. */
  public void tell(String line) throws IOException {
    Writer input = process.outputWriter();
    input.write(line + '\n');
    input.flush();
  }

  /** SIGKILL; unlike {@link Process#destroyForcibly} it leaves what was said to be read. */
  public void kill() {
    process.toHandle().destroyForcibly();
  }

  /** Waits for its end, which has to come before its time is over; returns its exit value. */
  public int end() throws InterruptedException {
    assertThat(process.waitFor(END_SECONDS, TimeUnit.SECONDS)).as(this::errors).isTrue();
    assertThat(late).as("it ended in time").isNotDone();
    return process.exitValue();
  }

  /** What it has said on standard error. */
  public String errors() {
    try {
      return Files.readString(errors);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    late.cancel(true);
    process.destroyForcibly().onExit().join();
  }
}
