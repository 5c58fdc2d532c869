// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc.histories;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.jdbc.Await;
import io.syncengine.model.DrainReport;
import io.syncengine.model.Health;
import io.syncengine.spi.FailPoint;
import io.syncengine.testkit.CrashPoints;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A process with an engine that does what it is told, line by line, and answers each line by one.
 *
 * <pre>
 * play file prefix seed    begins to play, and to write a history; answers P
 * stop                     plays no more, and flushes; answers E
 * settle head              follows up to a head, is well, and reads all ids; answers S
 * time file id count       see {@link Propagation}; answers T
 * watch file id            see {@link Propagation}; answers T
 * </pre>
 *
 * It says R when it is running; F and a text when something happened that must not.
 */
final class PlayingEngine {
  private static final int THREADS = 8;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final FileOutputStream OUT = new FileOutputStream(FileDescriptor.out);

  private final SyncEngine engine;
  private final String name;
  private final List<Thread> threads = new ArrayList<>();
  private HistoryFile history;
  private String prefix;
  private volatile boolean stopped;

  private PlayingEngine(SyncEngine engine, String name) {
    this.engine = engine;
    this.name = name;
  }

  /** Takes a name, a step of the engine to leave out or a dash, and options. */
  public static void main(String[] args) throws IOException {
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> failed(e));
    CrashPoints points = new CrashPoints();
    if (!args[1].equals(History.NONE)) {
      points.leaveOut(FailPoint.valueOf(args[1]));
    }
    SyncEngineConfig config =
        config(Arrays.asList(args).subList(2, args.length)).toBuilder().failPoints(points).build();
    BufferedReader told =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (SyncEngine engine = SyncEngine.open(config)) {
      PlayingEngine it = new PlayingEngine(engine, args[0]);
      say("R");
      for (String line = told.readLine(); line != null; line = told.readLine()) {
        it.obey(line.split(" "));
      }
    } catch (InterruptedException | RuntimeException e) {
      failed(e);
    }
  }

  private static SyncEngineConfig config(List<String> options) {
    Map<String, String> properties = new HashMap<>();
    for (String option : options) {
      String[] parts = option.split("=", 2);
      properties.put(parts[0], parts[1]);
    }
    return SyncEngineConfig.fromProperties(properties);
  }

  private static void failed(Throwable e) {
    e.printStackTrace();
    say("F " + e);
  }

  /** One write call a line: a line that arrives is whole. */
  private static void say(String line) {
    try {
      OUT.write((line.replace('\n', ' ') + '\n').getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      Runtime.getRuntime().halt(1);
    }
  }

  private void obey(String[] words) throws IOException, InterruptedException {
    switch (words[0]) {
      case "play" -> play(Path.of(words[1]), words[2], Long.parseLong(words[3]));
      case "stop" -> stop();
      case "settle" -> settle(Long.parseLong(words[1]));
      case "time" -> {
        Propagation.time(engine, Path.of(words[1]), words[2], Integer.parseInt(words[3]));
        say("T");
      }
      case "watch" -> {
        Propagation.watch(engine, Path.of(words[1]), words[2]);
        say("T");
      }
      default -> throw new IllegalArgumentException(words[0]);
    }
  }

  private void play(Path file, String newPrefix, long seed) throws IOException {
    history = new HistoryFile(file);
    prefix = newPrefix;
    stopped = false;
    threads.clear();
    for (int i = 0; i < THREADS; i++) {
      Player player = new Player(engine, history, prefix, name + '.' + i, seed + i);
      threads.add(new Thread(() -> play(player)));
    }
    threads.forEach(Thread::start);
    say("P");
  }

  private void play(Player player) {
    while (!stopped) {
      player.play();
    }
  }

  private void stop() throws InterruptedException {
    stopped = true;
    for (Thread thread : threads) {
      thread.join();
    }
    DrainReport report = engine.flush(PATIENCE);
    say(
        report.complete()
            ? "E"
            : "F not flushed: " + report + ", " + engine.stats() + ", " + engine.health());
  }

  private void settle(long head) throws IOException {
    Await.until(
        PATIENCE,
        () -> "head " + head + ", " + engine.stats() + ", " + engine.health(),
        () ->
            engine.stats().changePosition() >= head
                && engine.health().status() == Health.Status.UP);
    Player player = new Player(engine, history, prefix, name, 0);
    Player.ids(prefix).forEach(player::read);
    history.close();
    say("S");
  }
}
