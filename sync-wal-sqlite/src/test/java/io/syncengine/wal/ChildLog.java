// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.wal;

import io.syncengine.model.SyncEngineException;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.WriteAheadLog;
import io.syncengine.testkit.CrashPoints;
import io.syncengine.testkit.Entries;
import io.syncengine.testkit.TestLogConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A log in another process, and the main program of that process. */
final class ChildLog implements AutoCloseable {
  private final Process process;
  private final BufferedReader out;

  private ChildLog(Process process) {
    this.process = process;
    this.out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Opens the log, appends one group and waits. */
  static ChildLog holding(Path log) throws IOException {
    return start(List.of(), "hold", log.toString());
  }

  /** The same, under a umask. */
  static ChildLog holdingUnderUmask(String umask, Path log) throws IOException {
    return start(
        List.of("sh", "-c", "umask " + umask + "; exec \"$@\"", "sh"), "hold", log.toString());
  }

  /** Appends and truncates without end and prints the number of each group that is on disk. */
  static ChildLog appending(Path log) throws IOException {
    return start(List.of(), "append", log.toString(), "none");
  }

  /** The same, and ends at the 40th time that a fail point is reached. */
  static ChildLog crashingAt(FailPoint point, Path log) throws IOException {
    return start(List.of(), "append", log.toString(), point.name());
  }

  private static ChildLog start(List<String> before, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(before);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx64m", "-XX:TieredStopAtLevel=1"));
    if (Runtime.version().feature() >= 22) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), ChildLog.class.getName()));
    command.addAll(List.of(arguments));
    return new ChildLog(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  /** The next line that it printed, or null at its end. */
  String line() throws IOException {
    return out.readLine();
  }

  /** SIGKILL. By its handle, which leaves what it has printed to be read. */
  void kill() throws InterruptedException {
    process.toHandle().destroyForcibly();
    exit();
  }

  int exit() throws InterruptedException {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new AssertionError("the child does not end");
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /**
   * The child.
   *
   * @param args what to do, the log, and where to end
   */
  public static void main(String[] args) throws IOException {
    CrashPoints points = new CrashPoints();
    WriteAheadLog log = new SqliteWriteAheadLogProvider().create();
    try {
      log.open(
          TestLogConfig.at(Path.of(args[1]))
              .withFailPoints(points)
              .withProperties(Map.of("reserve_bytes", "65536", "checkpoint_bytes", "262144")));
    } catch (SyncEngineException e) {
      System.out.println("refused: " + e.getMessage());
      return;
    }
    if (args[0].equals("hold")) {
      log.append(List.of(Entries.value("held", 1, "x")), 1);
      System.out.println("ready");
      while (System.in.read() >= 0) {
        // until the parent closes the stream or kills this process
      }
      return;
    }
    if (!args[2].equals("none")) {
      points.haltAt(FailPoint.valueOf(args[2]), 40);
    }
    for (int i = 0; ; i++) {
      long group =
          log.append(
              List.of(Entries.value("n" + i, i + 1, new byte[i % 5000]), Entries.tombstone("t", 1)),
              i + 1);
      System.out.println(group);
      if (i % 4 == 3) {
        log.truncateBelow(group - 1000);
      }
    }
  }
}
