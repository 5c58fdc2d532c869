// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.model.Ack;
import io.syncengine.model.ItemStatus;
import io.syncengine.model.ReadOption;
import io.syncengine.model.ReadResult;
import io.syncengine.model.Revision;
import io.syncengine.model.Source;
import io.syncengine.model.SyncItem;
import io.syncengine.spi.InMemoryTier;
import io.syncengine.testkit.CrashPoints;
import io.syncengine.testkit.Gate;
import io.syncengine.testkit.InMemoryCache;
import io.syncengine.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;

/**
 * Three engines on one ground truth and one cache, at random, with a fault that strikes again and
 * again. Held against: no instance goes back; nobody reads what was replaced longer ago than the
 * staleness bound, unless he is told that it may be; in the end the cache holds what the ground
 * truth holds, or nothing.
 */
final class CacheRun implements AutoCloseable {
  private static final Duration BOUND = Duration.ofSeconds(1);
  private static final Duration POLL = Duration.ofMillis(250);
  private static final int ENGINES = 3;
  private static final int IDS = 6;

  final InMemoryCache cache = new InMemoryCache();
  private final ManualTime time = new ManualTime();
  private final InMemoryTier truth = new InMemoryTier();
  private final CrashPoints failPoints;
  private final Random random;
  private final List<Instance> instances = new ArrayList<>();
  private final Map<String, List<Commit>> commits = new HashMap<>();
  private final List<String> trace = new ArrayList<>();
  private long cacheAnswers;
  private final Deletes deletes = new Deletes();
  private int opened;

  /** A write that is in the ground truth, and when it was not before. */
  private record Commit(long version, long atNanos) {}

  /** An engine, its way to the cache, and the highest version that it has shown of each id. */
  static final class Instance {
    final InMemoryCache.Connection connection;
    final String name;
    private final SyncEngine engine;
    private final Map<String, Long> shown = new HashMap<>();

    private Instance(InMemoryCache.Connection connection, String name, SyncEngine engine) {
      this.connection = connection;
      this.name = name;
      this.engine = engine;
    }
  }

  CacheRun(long seed, CrashPoints failPoints) {
    this.random = new Random(seed);
    this.failPoints = failPoints;
    for (int i = 0; i < ENGINES; i++) {
      instances.add(open());
    }
  }

  private Instance open() {
    InMemoryCache.Connection connection = cache.connect();
    String name = "i" + opened++;
    SyncEngine engine =
        SyncEngine.open(
            SyncEngineConfig.builder()
                .name(name)
                .instanceId(name)
                .l2(connection)
                .l3(truth)
                .timeSource(time)
                .scheduler(time)
                .failPoints(failPoints)
                .build());
    return new Instance(connection, name, engine);
  }

  /** Does so many things, and lets the fault strike between them. */
  void play(CacheFault fault, int steps) {
    for (int i = 0; i < steps; i++) {
      act();
      if (random.nextInt(10) == 0) {
        trace.add("fault");
        fault.strike(this, random);
      }
    }
    settle();
  }

  void act() {
    switch (random.nextInt(6)) {
      case 0, 1 -> write(any(), id());
      case 2 -> pass(random.nextInt(400));
      default -> read(any(), id());
    }
  }

  Instance any() {
    return instances.get(random.nextInt(instances.size()));
  }

  Instance anyBut(Instance one) {
    Instance other = any();
    while (other == one) {
      other = any();
    }
    return other;
  }

  String id() {
    return "k." + random.nextInt(IDS);
  }

  void write(Instance by) {
    write(by, id());
  }

  void write(Instance by, String id) {
    // Later than what others wrote, as the time is.
    time.advance(Duration.ofMillis(1));
    boolean delete = random.nextInt(4) == 0;
    Revision written =
        delete
            ? by.engine.delete(id, Ack.PERSISTED).revision()
            : by.engine.submit(SyncItem.of(id, "#" + trace.size()), Ack.PERSISTED).revision();
    if (delete) {
      deletes.add(id, written.version());
    }
    trace.add(by.name + " wrote " + id + " " + written);
    commits
        .computeIfAbsent(id, k -> new ArrayList<>())
        .add(new Commit(written.version(), time.nanoTime()));
    by.shown.merge(id, written.version(), Math::max);
  }

  void read(Instance by, String id) {
    ReadResult answer =
        random.nextInt(5) == 0 ? by.engine.read(id) : by.engine.read(id, ReadOption.SKIP_L1);
    long shown = by.shown.getOrDefault(id, 0L);
    long bound = answer.stale() ? 0 : newestUntil(id, time.nanoTime() - BOUND.toNanos());
    long version = deletes.versionOf(id, answer, Math.max(shown, bound));
    trace.add(by.name + " read " + id + " " + answer.revision() + " of " + answer.source());
    if (answer.source() == Source.L2) {
      cacheAnswers++;
    }
    assertThat(version)
        .as("what %s has shown of %s before; %s", by.name, id, trace)
        .isGreaterThanOrEqualTo(shown);
    assertThat(version)
        .as("what was there of %s within the bound; %s", id, trace)
        .isGreaterThanOrEqualTo(bound);
    by.shown.put(id, version);
  }

  private long newestUntil(String id, long nanos) {
    return commits.getOrDefault(id, List.of()).stream()
        .filter(commit -> commit.atNanos <= nanos)
        .mapToLong(Commit::version)
        .max()
        .orElse(0);
  }

  void pass(int millis) {
    trace.add(millis + " ms");
    time.advance(Duration.ofMillis(millis));
  }

  /** An instance is gone, with what it has not told the cache, and another one comes. */
  void replace(Instance gone) {
    trace.add(gone.name + " is gone");
    gone.engine.close();
    instances.set(instances.indexOf(gone), open());
  }

  /** Gives a put some time to get to the gate; none comes if the cache is not in use. */
  static void awaitHeld(Gate gate) {
    long end = System.nanoTime() + 20_000_000;
    while (gate.held() == 0 && System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
  }

  /** In the end everybody knows the same. */
  private void settle() {
    cache.full(false);
    instances.forEach(one -> one.connection.heal());
    for (Instance one : instances) {
      turnUntil(
          "the cache is in use and lacks nothing; " + trace,
          () -> one.engine.stats().l2Lag() == 0 && one.engine.health().reasons().isEmpty());
    }
    commits.forEach(
        (id, all) -> {
          long newest = newestUntil(id, time.nanoTime());
          for (Instance one : instances) {
            turnUntil(
                "the newest of " + id + " for " + one.name + " " + trace,
                () ->
                    newest
                        == deletes.versionOf(id, one.engine.read(id, ReadOption.SKIP_L1), newest));
          }
          ItemStatus status = instances.get(0).engine.status(id);
          status.tiers().stream()
              .filter(tier -> tier.source() == Source.L2)
              .forEach(
                  tier ->
                      assertThat(tier.revision().map(Revision::version).orElse(newest))
                          .as("the cache's %s; %s", id, trace)
                          .isEqualTo(newest));
        });
  }

  private void turnUntil(String what, BooleanSupplier condition) {
    Rig.await(
        what,
        () -> {
          time.advance(POLL);
          long end = System.nanoTime() + 2_000_000;
          while (!condition.getAsBoolean() && System.nanoTime() - end < 0) {
            Thread.onSpinWait();
          }
          return condition.getAsBoolean();
        });
  }

  /** How many reads the cache answered. */
  long cacheAnswers() {
    return cacheAnswers;
  }

  @Override
  public void close() {
    instances.forEach(one -> one.engine.close());
  }
}
