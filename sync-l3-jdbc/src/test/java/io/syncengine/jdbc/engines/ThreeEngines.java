// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc.engines;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.SyncEngine;
import io.syncengine.jdbc.Await;
import io.syncengine.jdbc.ChangeHistory;
import io.syncengine.jdbc.JavaChild;
import io.syncengine.jdbc.JdbcTier;
import io.syncengine.jdbc.JdbcTierProvider;
import io.syncengine.model.Revision;
import io.syncengine.spi.Entry;
import io.syncengine.testkit.Entries;
import io.syncengine.testkit.Seeds;
import io.syncengine.testkit.TestTierConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;

/** Three processes, each with an engine and a log, write the same ids; one of them is killed. */
final class ThreeEngines {
  private static final int ENGINES = 3;
  private static final int WARM = 200;
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration LIFE = Duration.ofMinutes(5);

  private final TestTierConfig config;
  private final Path folder;
  private final Duration time;
  private final Map<String, Revision> highest = new ConcurrentHashMap<>();
  private final AtomicLongArray acks = new AtomicLongArray(ENGINES);

  ThreeEngines(TestTierConfig config, Path folder, Duration time) {
    this.config = config;
    this.folder = folder;
    this.time = time;
  }

  /** Runs them and checks what they leave. */
  void loseNothing() throws Exception {
    long seed = Seeds.of("threeEnginesOfTheSameIds", 1).findFirst().orElseThrow();
    List<JavaChild> children = new ArrayList<>();
    // Not the common pool, which may have fewer threads than there are children.
    ExecutorService listeners = Executors.newCachedThreadPool();
    try {
      List<CompletableFuture<String>> last = new ArrayList<>();
      for (int i = 0; i < ENGINES; i++) {
        JavaChild child =
            JavaChild.start(
                folder,
                "engine-" + i,
                time.plus(LIFE),
                List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"),
                WritingEngine.class,
                config.url(),
                log(i).toString(),
                "engine-" + i,
                Long.toString(seed + i));
        children.add(child);
        int number = i;
        last.add(CompletableFuture.supplyAsync(() -> listen(number, child), listeners));
      }
      Await.until(
          PATIENCE,
          () -> "all three are at work",
          () -> {
            requireAlive(last);
            return allAcknowledge() && highest.size() == WritingEngine.IDS;
          });
      pass(time.dividedBy(2), last);
      children.get(0).kill();
      last.remove(0).get(1, TimeUnit.MINUTES);
      pass(time.dividedBy(2), last);
      for (int i = 1; i < ENGINES; i++) {
        children.get(i).tellToStop();
        assertThat(last.get(i - 1).get(90, TimeUnit.SECONDS)).as("engine %s", i).isEqualTo("E");
        assertThat(children.get(i).end()).as(children.get(i)::errors).isZero();
      }
    } finally {
      children.forEach(JavaChild::close);
      listeners.shutdown();
    }
    restartTheKilledOne();
    check();
  }

  private Path log(int child) {
    return folder.resolve("log-" + child + ".db");
  }

  private boolean allAcknowledge() {
    return IntStream.range(0, ENGINES).allMatch(i -> acks.get(i) >= WARM);
  }

  private static void requireAlive(List<CompletableFuture<String>> engines) {
    assertThat(engines).as("engines that ended or failed").noneMatch(CompletableFuture::isDone);
  }

  /** Lets time pass, of which the servers' and processes' clocks are the real one. */
  private static void pass(Duration time, List<CompletableFuture<String>> mustLive) {
    CompletableFuture<Void> end =
        CompletableFuture.runAsync(
            () -> {}, CompletableFuture.delayedExecutor(time.toMillis(), TimeUnit.MILLISECONDS));
    end.join();
    requireAlive(mustLive);
  }

  /** Takes what a child says; returns its last line, or the first that tells of a failure. */
  private String listen(int number, JavaChild child) {
    try {
      String last = "nothing";
      String line = child.line();
      while (line != null) {
        last = line;
        if (line.startsWith("A ")) {
          String[] parts = line.split(" ");
          highest.merge(parts[1], revision(parts), (a, b) -> a.isAbove(b) ? a : b);
          acks.incrementAndGet(number);
        } else if (line.startsWith("F ")) {
          return line;
        }
        line = child.line();
      }
      return last;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Revision revision(String[] ack) {
    long version = Long.parseLong(ack[2]);
    Entry entry =
        Boolean.parseBoolean(ack[3])
            ? Entries.tombstone(ack[1], version)
            : Entries.value(ack[1], version, ack[4]);
    return entry.revision();
  }

  private void restartTheKilledOne() {
    try (SyncEngine again = SyncEngine.open(WritingEngine.config(config.url(), log(0)))) {
      assertThat(again.flush(Duration.ofSeconds(30)).complete()).isTrue();
      assertThat(again.deadLetters().count()).isZero();
    }
  }

  private void check() {
    JdbcTier tier = (JdbcTier) new JdbcTierProvider().create();
    tier.open(config);
    try {
      Map<String, Entry> found = tier.load(highest.keySet()).found();
      assertThat(found).hasSameSizeAs(highest);
      int unacknowledged = 0;
      for (Entry entry : found.values()) {
        Revision acknowledged = highest.get(entry.id());
        if (!entry.revision().equals(acknowledged)) {
          // Written by the one that was killed, before it could say so.
          assertThat(entry.revision().isAbove(acknowledged)).as(entry.id()).isTrue();
          assertThat(entry.tombstone() || entry.toItem().contentAsString().startsWith("engine-0/"))
              .as(entry.id())
              .isTrue();
          unacknowledged++;
        }
      }
      assertThat(unacknowledged).isLessThan(highest.size());
      long rows = new ChangeHistory(tier).check();
      System.out.printf(
          "three engines for %s: %s acknowledged writes of %d ids, %d change rows, %d ids end with"
              + " what the killed one had not told%n",
          time, acks, highest.size(), rows, unacknowledged);
    } finally {
      tier.close();
    }
  }
}
