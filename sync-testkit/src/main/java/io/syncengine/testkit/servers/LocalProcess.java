// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A server as a process of this machine that ends with this JVM, however this JVM ends. */
// The parent of the server is a shell whose standard input is a pipe from this JVM. At end of file,
// which the kernel sees to when the JVM is gone, the shell kills the server and deletes its folder.
final class LocalProcess implements Host {
  private static final Duration END = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(1);
  private static final int LOG_TAIL = 8192;
  // Running, sleeping, waiting for a disk.
  private static final String NOT_STOPPED = "RSD";

  /**
   * Arguments: the folder, then the command. Ignores the signals that a terminal sends to a whole
   * group, since it has to live until the server is dead. Says the server's process id.
   */
  private static final String WATCH =
      """
      trap '' HUP INT TERM
      folder=$1; shift
      exec 3<&0
      "$@" </dev/null >>"$folder/server.log" 2>&1 3<&- &
      server=$!
      { read -r line <&3; : >"$folder/orphan"; kill -KILL $server; } >/dev/null 2>&1 &
      watch=$!
      exec 3<&-
      echo $server
      exec >/dev/null 2>&1
      wait $server; status=$?
      if [ -e "$folder/orphan" ]; then rm -rf -- "$folder"; fi
      kill -KILL $watch
      exit $status""";

  private final Path folder;
  private final ReservedPort port;
  private final List<String> command;
  private @Nullable Process shell;
  private long server;

  /**
   * Nothing runs yet.
   *
   * @param folder of this server alone, with its data; deleted at the end
   */
  LocalProcess(Path folder, ReservedPort port, List<String> command) {
    this.folder = folder;
    this.port = port;
    this.command = List.copyOf(command);
  }

  @Override
  public void start() throws IOException {
    List<String> line = new ArrayList<>(List.of("/bin/sh", "-c", WATCH, "sh", folder.toString()));
    line.addAll(command);
    shell = new ProcessBuilder(line).directory(folder.toFile()).redirectErrorStream(true).start();
    try (BufferedReader said = shell.inputReader(StandardCharsets.US_ASCII)) {
      String pid = said.readLine();
      if (pid == null || !pid.matches("[0-9]+")) {
        throw new IOException("the shell started no server: " + pid);
      }
      server = Long.parseLong(pid);
    }
  }

  @Override
  public boolean isRunning() {
    return shell != null && shell.isAlive();
  }

  @Override
  public void kill() throws IOException {
    if (shell == null || !shell.isAlive()) {
      return;
    }
    Shell.signal("KILL", server);
    if (!Shell.waitFor(shell, END)) {
      throw new IOException("the server was killed and is not gone after " + END);
    }
  }

  @Override
  public void pause() throws IOException {
    Shell.signal("STOP", server);
    awaitStop();
  }

  /**
   * A signal is on its way for a moment, and threads stop one by one: until then they may answer.
   * Where the system does not show threads as files, that moment is not waited for.
   */
  private void awaitStop() throws IOException {
    Path threads = Path.of("/proc", Long.toString(server), "task");
    long end = System.nanoTime() + END.toNanos();
    while (anyRuns(threads)) {
      if (System.nanoTime() - end >= 0) {
        throw new IOException("the server was stopped and still runs after " + END);
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  private static boolean anyRuns(Path threads) {
    if (Files.notExists(threads)) {
      return false;
    }
    try (DirectoryStream<Path> each = Files.newDirectoryStream(threads)) {
      for (Path thread : each) {
        String stat = Files.readString(thread.resolve("stat"), StandardCharsets.ISO_8859_1);
        // The state is the first word after the name, which is in brackets and may hold any.
        char state = stat.charAt(stat.lastIndexOf(')') + 2);
        if (NOT_STOPPED.indexOf(state) >= 0) {
          return true;
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return true; // a thread has ended meanwhile: look again
    }
    return false;
  }

  @Override
  public void resume() {
    Shell.signal("CONT", server);
  }

  @Override
  public int port() {
    return port.number();
  }

  @Override
  public String log() {
    try (RandomAccessFile file = new RandomAccessFile(folder.resolve("server.log").toFile(), "r")) {
      long start = Math.max(0, file.length() - LOG_TAIL);
      byte[] tail = new byte[(int) (file.length() - start)];
      file.seek(start);
      file.readFully(tail);
      return new String(tail, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "its log cannot be read: " + e;
    }
  }

  @Override
  public void close() throws IOException {
    Closing.all(List.<Closeable>of(this::kill, port, () -> Folders.delete(folder)));
  }
}
