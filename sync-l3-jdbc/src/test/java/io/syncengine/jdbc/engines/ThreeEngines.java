// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc.engines;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.jdbc.Await;
import io.syncengine.jdbc.ChangeHistory;
import io.syncengine.jdbc.JavaChild;
import io.syncengine.jdbc.JdbcTier;
import io.syncengine.model.Ack;
import io.syncengine.model.Revision;
import io.syncengine.spi.Entry;
import io.syncengine.testkit.Entries;
import io.syncengine.testkit.Seeds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;

/**
 * Three processes, each with an engine and a log, that write and read the same ids, with all that
 * they were acknowledged. Each may be killed and started again.
 */
final class ThreeEngines {
  private static final int WARM = 200;
  private static final int SIGKILL_STATUS = 128 + 9;
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration LIFE = Duration.ofMinutes(5);

  private final Path folder;
  private final Duration life;
  private final IntFunction<List<String>> options;
  private final long seed = Seeds.of("threeEnginesOfTheSameIds", 1).findFirst().orElseThrow();
  private final List<Engine> lives = new ArrayList<>();
  // Not the common pool, which may have fewer threads than there are children.
  private final ExecutorService listeners = Executors.newCachedThreadPool();
  private final Map<String, Revision> highest = new ConcurrentHashMap<>();
  private final Map<String, Revision> persisted = new ConcurrentHashMap<>();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final Set<Engine> killed = new HashSet<>();

  /** What happens to them. */
  interface Course {
    void run(ThreeEngines engines) throws Exception;
  }

  /** One life of an engine. */
  private final class Engine {
    final int number;
    final String name;
    final JavaChild child;
    final CompletableFuture<Void> ended;
    final AtomicLong acks = new AtomicLong();
    final Map<String, String> shown = new ConcurrentHashMap<>();
    volatile String said = "nothing";
    boolean stopped;

    Engine(int number) throws IOException {
      this.number = number;
      this.name = "engine-" + number + '.' + lives.size();
      List<String> args = new ArrayList<>(List.of(name, Long.toString(seed + lives.size())));
      args.addAll(options.apply(number));
      this.child =
          JavaChild.start(
              folder,
              name,
              life,
              List.of(
                  "-Xmx256m",
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "-XX:+ExitOnOutOfMemoryError"),
              WritingEngine.class,
              args.toArray(String[]::new));
      this.ended = CompletableFuture.runAsync(this::listen, listeners);
    }

    private void listen() {
      try {
        String line = child.line();
        while (line != null) {
          take(line);
          line = child.line();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void take(String line) {
      if (line.startsWith("A ")) {
        acknowledged(line.split(" ", 6));
        acks.incrementAndGet();
      } else if (line.startsWith("V ")) {
        String[] parts = line.split(" ");
        shown.put(parts[1], parts[2]);
      } else {
        said = line;
        if (line.startsWith("F ")) {
          failures.add(name + ": " + line);
        }
      }
    }

    boolean wrote(Entry value) {
      return value.toItem().contentAsString().startsWith(name + '/');
    }

    @Override
    public String toString() {
      return name + ": " + acks + " acks, then: " + said;
    }
  }

  private ThreeEngines(Path folder, Duration life, IntFunction<List<String>> options) {
    this.folder = folder;
    this.life = life;
    this.options = options;
  }

  /**
   * Starts three and lets them work, does something to them, and sees to it that they are gone.
   *
   * @param time about how long they work
   * @param options of an engine, {@code key=value} each
   */
  static void run(Path folder, Duration time, IntFunction<List<String>> options, Course course)
      throws Exception {
    ThreeEngines engines = new ThreeEngines(folder, time.plus(LIFE), options);
    try {
      for (int i = 0; i < 3; i++) {
        engines.lives.add(engines.new Engine(i));
      }
      engines.awaitWork();
      course.run(engines);
    } catch (Exception | AssertionError e) {
      engines.lives.forEach(engine -> System.out.println(engine + "\n" + engine.child.errors()));
      throw e;
    } finally {
      engines.lives.forEach(engine -> engine.child.close());
      engines.listeners.shutdown();
    }
  }

  private void acknowledged(String[] ack) {
    long version = Long.parseLong(ack[2]);
    Entry entry =
        Boolean.parseBoolean(ack[3])
            ? Entries.tombstone(ack[1], version)
            : Entries.value(ack[1], version, ack[5]);
    highest.merge(ack[1], entry.revision(), ThreeEngines::max);
    if (Ack.valueOf(ack[4]) == Ack.PERSISTED) {
      persisted.merge(ack[1], entry.revision(), ThreeEngines::max);
    }
  }

  private static Revision max(Revision a, Revision b) {
    return a.isAbove(b) ? a : b;
  }

  private List<Engine> alive() {
    return lives.stream().filter(engine -> !killed.contains(engine)).toList();
  }

  private void requireWell() {
    assertThat(failures).isEmpty();
    assertThat(alive()).noneMatch(engine -> engine.ended.isDone());
  }

  private void await(String what, BooleanSupplier condition) {
    Await.until(
        PATIENCE,
        () -> what + ": " + lives,
        () -> {
          requireWell();
          return condition.getAsBoolean();
        });
  }

  /** Until all are at work and no id is left out. */
  void awaitWork() {
    await(
        "all are at work",
        () ->
            alive().stream().allMatch(engine -> engine.acks.get() >= WARM)
                && highest.size() == WritingEngine.IDS.size());
  }

  /** Lets time pass, of which the servers' and processes' clocks are the real one. */
  void pass(Duration time) {
    CompletableFuture<Void> end =
        CompletableFuture.runAsync(
            () -> {}, CompletableFuture.delayedExecutor(time.toMillis(), TimeUnit.MILLISECONDS));
    end.join();
    requireWell();
  }

  /** Kills one (SIGKILL); all that it has said is heard. */
  void kill(int number) throws Exception {
    Engine engine =
        alive().stream().filter(other -> other.number == number).findFirst().orElseThrow();
    killed.add(engine);
    engine.child.kill();
    engine.ended.get(1, TimeUnit.MINUTES);
    assertThat(engine.child.end()).isEqualTo(SIGKILL_STATUS);
    requireWell();
  }

  /** Starts one that was killed again, on the log that it has left, and lets it work. */
  void startAgain(int number) throws IOException {
    lives.add(new Engine(number));
    awaitWork();
  }

  /** Those that are there neither write nor read any more, and everything is flushed. */
  void stop() throws IOException {
    for (Engine engine : alive()) {
      if (!engine.stopped) {
        engine.stopped = true;
        engine.child.tell("stop");
      }
    }
    await("all have flushed", () -> alive().stream().allMatch(engine -> engine.said.equals("E")));
  }

  /**
   * Lets each follow the others to the end and show what it knows, and end.
   *
   * @param head the end of the change log
   * @return what they have said in the end, with figures
   */
  List<String> end(long head) throws Exception {
    for (Engine engine : alive()) {
      engine.child.tell(Long.toString(head));
    }
    for (Engine engine : alive()) {
      engine.ended.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(engine.child.end()).as(engine.name).isZero();
    }
    assertThat(failures).isEmpty();
    return alive().stream().map(engine -> engine.name + ' ' + engine.said).toList();
  }

  /** What somebody heard of as stored is stored, or something newer. */
  void checkPersisted(JdbcTier tier) {
    Map<String, Revision> least = Map.copyOf(persisted);
    assertThat(least).isNotEmpty();
    Map<String, Entry> found = tier.load(least.keySet()).found();
    least.forEach(
        (id, revision) ->
            assertThat(found.get(id))
                .as("%s, stored as %s", id, revision)
                .isNotNull()
                .matches(entry -> !revision.isAbove(entry.revision())));
  }

  /** Checks, when they have ended, what they leave, and that all of them know it. */
  Map<String, Entry> check(JdbcTier tier) {
    Map<String, Entry> found = tier.load(highest.keySet()).found();
    assertThat(found).hasSameSizeAs(highest);
    int untold = 0;
    for (Entry entry : found.values()) {
      Revision acknowledged = highest.get(entry.id());
      if (!entry.revision().equals(acknowledged)) {
        // Written by one that was killed, before it could say so.
        assertThat(entry.revision().isAbove(acknowledged)).as(entry.id()).isTrue();
        assertThat(entry.tombstone() || killed.stream().anyMatch(engine -> engine.wrote(entry)))
            .as(entry.id())
            .isTrue();
        untold++;
      }
      for (Engine engine : alive()) {
        assertThat(engine.shown.get(entry.id()))
            .as("%s as %s shows it", entry.id(), engine.name)
            .isEqualTo(entry.revision().toString());
      }
    }
    assertThat(untold).isLessThanOrEqualTo(killed.size() * WritingEngine.IN_FLIGHT);
    long rows = new ChangeHistory(tier).check();
    System.out.printf(
        "%s acknowledged writes of %d ids, %d ids with one that was heard of as stored, %d change"
            + " rows, %d ids end with what a killed one had not told%n",
        lives.stream().map(engine -> engine.acks).toList(),
        highest.size(),
        persisted.size(),
        rows,
        untold);
    return found;
  }
}
