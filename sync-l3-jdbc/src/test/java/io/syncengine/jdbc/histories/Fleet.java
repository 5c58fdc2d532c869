// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc.histories;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.jdbc.JavaChild;
import io.syncengine.testkit.servers.FaultProxy;
import io.syncengine.testkit.servers.RedisKeyspace;
import io.syncengine.testkit.servers.SqlDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Processes with an engine and a log each, on one database and one Redis, each with ways of its own
 * to both.
 */
final class Fleet implements AutoCloseable {
  private static final Duration LIFE = Duration.ofMinutes(60);
  private static final int SIGKILL_STATUS = 128 + 9;
  private static final List<String> JVM =
      List.of(
          "-Xmx256m",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:+ExitOnOutOfMemoryError",
          "-Dcom.zaxxer.hikari.aliveBypassWindowMs=0");

  private final Path folder;
  private final SqlDatabase database;
  private final RedisKeyspace redis;
  private final List<String> options;
  private final List<Instance> instances = new ArrayList<>();
  private Run run;

  /** What is played now, and the histories of those who play it. */
  private record Run(String prefix, long seed, Map<Life, Path> files, Set<Life> killed) {}

  /** An instance: its ways, and its process now. */
  final class Instance {
    final int number;
    final FaultProxy toDatabase = FaultProxy.to(database.host(), database.port());
    final FaultProxy toRedis = FaultProxy.to("127.0.0.1", redis.nodes().get(0).port());
    private JavaChild child;
    private Life life;
    private int lives;

    private Instance(int number) {
      this.number = number;
    }

    private void start(String leftOut) throws IOException {
      life = new Life(number, lives++);
      List<String> args = new ArrayList<>(List.of("i" + life, leftOut));
      args.addAll(options);
      args.addAll(
          List.of(
              "sql_url=" + database.url(toDatabase.port()),
              "redis_url="
                  + redis.url().replace(":" + redis.nodes().get(0).port(), ":" + toRedis.port()),
              "redis_client=" + (number % 2 == 0 ? "lettuce" : "jedis"),
              "namespace=" + redis.prefix().substring(0, redis.prefix().length() - 1),
              "wal_path=" + log()));
      child =
          JavaChild.start(
              folder, "i" + life, LIFE, JVM, PlayingEngine.class, args.toArray(String[]::new));
    }

    private Path log() {
      return folder.resolve("log-" + number + ".db");
    }

    private String ask(String line) throws IOException {
      child.tell(line);
      return child.line();
    }

    private void expect(String expected, String line) {
      assertThat(line).as(() -> life + ": " + child.errors()).isNotNull().startsWith(expected);
    }

    private void play() throws IOException {
      Path file = folder.resolve("history-" + run.prefix + life);
      run.files.put(life, file);
      expect("P", ask("play " + file + ' ' + run.prefix + ' ' + (run.seed * 31 + life.hashCode())));
    }

    void kill() throws InterruptedException {
      child.kill();
      assertThat(child.end()).isEqualTo(SIGKILL_STATUS);
      if (run != null) {
        run.killed.add(life);
      }
    }

    /** Starts it again, on the log that it has left, and lets it play what is played. */
    void startAgain() throws IOException {
      start(History.NONE);
      expect("R", child.line());
      play();
    }

    /** Of one that is not running. */
    void forgetFilter() {
      try (Connection file = DriverManager.getConnection("jdbc:sqlite:" + log());
          Statement statement = file.createStatement()) {
        statement.executeUpdate("DELETE FROM state WHERE key = 'log.snapshot.filter'");
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    void heal() {
      toDatabase.resume();
      toRedis.resume();
    }

    private void close() {
      if (child != null) {
        child.close();
      }
      toDatabase.close();
      toRedis.close();
    }
  }

  /** Makes a fleet that is not started; {@code options} are {@code key=value} each. */
  Fleet(int size, Path folder, SqlDatabase database, RedisKeyspace redis, List<String> options) {
    this.folder = folder;
    this.database = database;
    this.redis = redis;
    this.options = options;
    for (int i = 0; i < size; i++) {
      instances.add(new Instance(i));
    }
  }

  List<Instance> instances() {
    return instances;
  }

  /** Starts all; the last one leaves a step of the engine out, or a dash. */
  void start(String leftOut) throws IOException {
    for (Instance instance : instances) {
      instance.start(instance.number == instances.size() - 1 ? leftOut : History.NONE);
    }
    for (Instance instance : instances) {
      instance.expect("R", instance.child.line());
    }
  }

  void play(String prefix, long seed) throws IOException {
    run = new Run(prefix, seed, new LinkedHashMap<>(), new HashSet<>());
    for (Instance instance : instances) {
      instance.play();
    }
  }

  /** What has been played so far. */
  History history() throws IOException {
    History history = new History();
    for (Map.Entry<Life, Path> file : run.files.entrySet()) {
      history.add(file.getKey(), file.getValue());
    }
    return history;
  }

  Set<Life> killed() {
    return run.killed;
  }

  /** Nobody plays any more, and everything is in the ground truth. */
  void stop() throws IOException {
    askAll("stop", "E");
  }

  /** All have followed to a head and read all ids. */
  void settle(long head) throws IOException {
    askAll("settle " + head, "S");
  }

  private void askAll(String line, String expected) throws IOException {
    for (Instance instance : instances) {
      instance.child.tell(line);
    }
    for (Instance instance : instances) {
      instance.expect(expected, instance.child.line());
    }
  }

  /** Times until commits are seen elsewhere, in milliseconds; see {@link Propagation}. */
  List<Double> propagation(String id, int commits) throws IOException {
    List<Path> files = new ArrayList<>();
    for (Instance instance : instances) {
      Path file = folder.resolve(id + '-' + instance.number);
      files.add(file);
      instance.child.tell(
          instance.number == 0
              ? "time " + file + ' ' + id + ' ' + commits
              : "watch " + file + ' ' + id);
    }
    for (Instance instance : instances) {
      instance.expect("T", instance.child.line());
    }
    List<Double> millis = new ArrayList<>();
    for (Path watched : files.subList(1, files.size())) {
      millis.addAll(Propagation.between(files.get(0), watched));
    }
    return millis;
  }

  @Override
  public void close() {
    instances.forEach(Instance::close);
  }
}
