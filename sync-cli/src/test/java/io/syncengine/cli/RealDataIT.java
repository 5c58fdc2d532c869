// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.model.EngineStats;
import io.syncengine.model.SyncItem;
import io.syncengine.testkit.servers.RedisKeyspace;
import io.syncengine.testkit.servers.RedisServerExtension;
import io.syncengine.testkit.servers.SqlServerExtension;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Both releases of the real data set through Redis and each database, with each client. */
class RealDataIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int PART = 500;

  @RegisterExtension final SqlServerExtension mysql = SqlServerExtension.mysql();
  @RegisterExtension final SqlServerExtension mariadb = SqlServerExtension.mariadb();

  /** Of its own, since no other test here asks for these options: it is emptied. */
  @RegisterExtension
  final RedisServerExtension redis =
      RedisServerExtension.standalone().withOptions("--appendonly", "no");

  @TempDir private Path folder;

  /** Each database once; {@code -Dsync.combinations=6} for each with each client. */
  static Stream<Arguments> combinations() {
    return Stream.of(
            Arguments.of("mysql", "lettuce"),
            Arguments.of("mariadb", "jedis"),
            Arguments.of("sqlite", "lettuce"),
            Arguments.of("mysql", "jedis"),
            Arguments.of("mariadb", "lettuce"),
            Arguments.of("sqlite", "jedis"))
        .limit(Integer.getInteger("sync.combinations", 3));
  }

  @ParameterizedTest
  @MethodSource("combinations")
  void comesBackByteForByteFromEachTier(String database, String client) throws IOException {
    RedisKeyspace keyspace = redis.keyspace();
    SyncEngineConfig config =
        SyncEngineConfig.builder()
            .sqlUrl(url(database))
            .redisUrl(keyspace.url())
            .redisClient(client)
            .namespace(keyspace.prefix().substring(0, keyspace.prefix().length() - 1))
            .batchFlushInterval(Duration.ofMillis(10))
            .build();
    Map<String, byte[]> expected = read(DemoData.SECOND);
    try (SyncEngine engine = SyncEngine.open(config)) {
      Map<String, byte[]> first = read(DemoData.FIRST);
      write(engine, first, Set.of());
      Set<String> removed = new HashSet<>(first.keySet());
      removed.removeAll(expected.keySet());
      write(engine, expected, removed);
      assertThat(engine.flush(PATIENCE).complete()).isTrue();
      Map<String, byte[]> exported = new HashMap<>();
      try (Stream<SyncItem> items = engine.scan("")) {
        items.forEach(item -> exported.put(item.id(), item.content()));
      }
      requireEqual(exported, expected);
      awaitFed(engine);
    }

    keyspace.nodes().get(0).command("FLUSHALL");
    try (SyncEngine engine = SyncEngine.open(config)) {
      awaitFed(engine);
      requireEqual(readAll(engine, expected.keySet()), expected);
      EngineStats stats = engine.stats();
      assertThat(stats.l2Hits()).as("answers of an empty cache").isZero();
      assertThat(stats.l3Hits()).isEqualTo(expected.size());
      await(
          "the cache is filled by what was read", () -> keyspace.keys().size() >= expected.size());
    }
    try (SyncEngine engine = SyncEngine.open(config)) {
      awaitFed(engine);
      requireEqual(readAll(engine, expected.keySet()), expected);
      EngineStats stats = engine.stats();
      assertThat(stats.l2Hits()).as("answers of the cache").isEqualTo(expected.size());
      assertThat(stats.l3Reads()).isZero();
    }
  }

  private String url(String database) {
    return switch (database) {
      case "mysql" -> mysql.database().url();
      case "mariadb" -> mariadb.database().url();
      default -> "sqlite:" + folder.resolve("items.db");
    };
  }

  private static Map<String, byte[]> read(DemoData release) throws IOException {
    Map<String, byte[]> items = new HashMap<>();
    try (NdjsonReader reader = new NdjsonReader(release.open(), LineForm.JSON)) {
      for (ItemLine line = reader.next(); line != null; line = reader.next()) {
        items.put(line.id(), line.content());
      }
    }
    assertThat(items).hasSizeGreaterThan(17_000);
    return items;
  }

  private static void write(SyncEngine engine, Map<String, byte[]> items, Set<String> removed) {
    items.forEach((id, content) -> engine.submit(SyncItem.of(id, content)));
    removed.forEach(engine::delete);
  }

  private static Map<String, byte[]> readAll(SyncEngine engine, Set<String> ids) {
    Map<String, byte[]> found = new HashMap<>();
    List<String> all = new ArrayList<>(ids);
    for (int from = 0; from < all.size(); from += PART) {
      engine
          .getAll(all.subList(from, Math.min(all.size(), from + PART)))
          .forEach((id, item) -> found.put(id, item.content()));
    }
    return found;
  }

  private static void requireEqual(Map<String, byte[]> actual, Map<String, byte[]> expected) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    expected.forEach((id, content) -> assertThat(actual.get(id)).as(id).isEqualTo(content));
  }

  private static void awaitFed(SyncEngine engine) {
    await("its own rows are followed", () -> engine.stats().pendingItems() == 0);
    await("the cache lacks nothing", () -> engine.stats().l2Lag() == 0);
    await("the cache is in use", () -> engine.health().reasons().isEmpty());
  }

  private static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - end).as(what).isNegative();
      LockSupport.parkNanos(10_000_000);
    }
  }
}
