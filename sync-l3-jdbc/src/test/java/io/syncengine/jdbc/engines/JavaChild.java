// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc.engines;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Another process of Java with this one's class path, whose lines are read as it writes them. */
final class JavaChild implements AutoCloseable {
  private final Process process;
  private final Path errors;
  private final BufferedReader lines;

  private JavaChild(Process process, Path errors) {
    this.process = process;
    this.errors = errors;
    this.lines = process.inputReader(StandardCharsets.UTF_8);
  }

  /** Starts a main class; what it says on standard error goes into a file of the folder. */
  static JavaChild start(Path folder, String name, String heap, Class<?> main, String... args)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx" + heap, "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"));
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(args));
    Path errors = folder.resolve(name + ".err");
    return new JavaChild(
        new ProcessBuilder(command).redirectError(errors.toFile()).start(), errors);
  }

  /** The next line; null when the process has closed its output. */
  String line() throws IOException {
    return lines.readLine();
  }

  /** Asks it to end: it reads a line. */
  void tellToStop() throws IOException {
    Writer input = process.outputWriter();
    input.write("stop\n");
    input.flush();
  }

  /** SIGKILL; what it has said can still be read. */
  void kill() {
    process.toHandle().destroyForcibly();
  }

  /** Waits for its end and returns its exit value, with what it said on standard error. */
  String end() throws IOException, InterruptedException {
    boolean ended = process.waitFor(60, TimeUnit.SECONDS);
    return ended ? process.exitValue() + " " + Files.readString(errors) : "did not end";
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
