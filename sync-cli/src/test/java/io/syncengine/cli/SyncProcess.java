// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The command as a user runs it: a JVM of its own in a folder, with files and pipes. */
final class SyncProcess {
  private static final long TIMEOUT_SECONDS = 120;

  private final Path folder;
  private final Map<String, String> environment = new HashMap<>();
  private final Map<Long, Path> errors = new HashMap<>();

  SyncProcess(Path folder) {
    this.folder = folder;
    environment.put("LC_ALL", "C.UTF-8");
  }

  /** What a run left. */
  record Result(int code, byte[] out, String err) {
    String text() {
      return new String(out, UTF_8);
    }

    Result exits(int expected) {
      assertThat(code).as("exit code; stdout: %s stderr: %s", text(), err).isEqualTo(expected);
      return this;
    }

    /** Exit code 0 and nothing on stderr. */
    Result done() {
      exits(0);
      assertThat(err).isEmpty();
      return this;
    }

    /** One line on stderr, begun by the command's name, that holds all of these. */
    Result says(String... parts) {
      assertThat(err).matches("(?s)sync(engine)?: .*\n").contains(parts);
      assertThat(err.strip().lines()).hasSize(1);
      return this;
    }
  }

  SyncProcess with(String name, String value) {
    environment.put(name, value);
    return this;
  }

  Result run(String... args) {
    return run(new byte[0], args);
  }

  Result run(byte[] stdin, String... args) {
    Process process = start(args);
    try (OutputStream in = process.getOutputStream()) {
      in.write(stdin);
    } catch (IOException e) {
      // The command may end without reading everything.
    }
    return await(process);
  }

  /** Starts a run and leaves its stdin open. */
  Process start(String... args) {
    List<String> command = new ArrayList<>(java());
    command.addAll(Arrays.asList(args));
    return start(command);
  }

  Process start(List<String> command) {
    ProcessBuilder builder = builder(command);
    try {
      Path err = Files.createTempFile("sync", ".err");
      builder.redirectError(err.toFile());
      Process process = builder.start();
      errors.put(process.pid(), err);
      return process;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** For a process whose streams are the test's own. */
  ProcessBuilder builder(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().keySet().removeIf(SyncProcess::isInherited);
    builder.environment().putAll(environment);
    return builder;
  }

  Result await(Process process) {
    // Its output has no end while it hangs; so it is ended when its time is over.
    CompletableFuture<Void> timer =
        CompletableFuture.runAsync(
            process::destroyForcibly,
            CompletableFuture.delayedExecutor(TIMEOUT_SECONDS, TimeUnit.SECONDS));
    try {
      byte[] out = process.getInputStream().readAllBytes();
      assertThat(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).as("it ends").isTrue();
      assertThat(timer.cancel(false)).as("it ends by itself").isTrue();
      Path err = errors.remove(process.pid());
      String text = Files.readString(err);
      Files.delete(err);
      return new Result(process.exitValue(), out, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      process.destroyForcibly();
    }
  }

  /** The words that start the command. */
  static List<String> java() {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    if (Runtime.version().feature() >= 24) {
      words.add("--enable-native-access=ALL-UNNAMED"); // in the manifest, where the jar is run
    }
    words.addAll(List.of("-cp", System.getProperty("java.class.path")));
    words.add(SyncCommand.class.getName());
    return words;
  }

  private static boolean isInherited(String name) {
    return name.startsWith("SYNC_") || name.startsWith("LC_") || name.endsWith("JAVA_OPTIONS");
  }
}
