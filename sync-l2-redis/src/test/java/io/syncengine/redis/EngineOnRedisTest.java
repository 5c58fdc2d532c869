// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.model.Ack;
import io.syncengine.model.Health;
import io.syncengine.model.ReadOption;
import io.syncengine.model.Source;
import io.syncengine.model.SyncItem;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.testkit.servers.RedisKeyspace;
import io.syncengine.testkit.servers.RedisServerExtension;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole engines whose ground truth is Redis. */
class EngineOnRedisTest {
  private static final int MANY = 2_000;

  @RegisterExtension final RedisServerExtension server = RedisServerExtension.standalone();
  @TempDir private Path folder;
  private RedisKeyspace keyspace;

  @BeforeEach
  void setUp() {
    keyspace = server.keyspace();
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void whatIsWrittenIsThereForWhoOpensItNext(String client) {
    SyncEngineConfig config = config().redisClient(client).build();
    try (SyncEngine engine = SyncEngine.open(config)) {
      assertThat(engine.health().groundTruth()).startsWith("L2 Redis ").endsWith(" by " + client);
      for (int i = 0; i < MANY; i++) {
        engine.submit(SyncItem.of("many." + i, "content " + i));
      }
      engine.submit(SyncItem.of("gone", "x"));
      engine.delete("gone", Ack.PERSISTED);
      assertThat(engine.flush(RedisFixture.PATIENCE).complete()).isTrue();
    }
    try (SyncEngine engine = SyncEngine.open(config)) {
      assertThat(engine.read("many.1").source()).isEqualTo(Source.L2);
      assertThat(engine.read("many.1", ReadOption.SKIP_L1).source()).isEqualTo(Source.L2);
      for (int i = 0; i < MANY; i++) {
        assertThat(engine.get("many." + i).orElseThrow().contentAsString())
            .isEqualTo("content " + i);
      }
      assertThat(engine.get("gone")).isEmpty();
      assertThat(engine.scan("many").count()).isEqualTo(MANY);
    }
  }

  @Test
  void twoEnginesSeeEachOthersWrites() {
    try (SyncEngine one = SyncEngine.open(config().build());
        SyncEngine two = SyncEngine.open(config().redisClient("jedis").build())) {
      one.submit(SyncItem.of("a", "1"), Ack.PERSISTED);
      RedisFixture.until("there", () -> two.get("a").isPresent());
      assertThat(two.get("a").orElseThrow().contentAsString()).isEqualTo("1");

      one.submit(SyncItem.of("a", "2"), Ack.PERSISTED);
      RedisFixture.until("seen", () -> two.get("a").orElseThrow().contentAsString().equals("2"));
      two.delete("a", Ack.PERSISTED);
      RedisFixture.until("gone", () -> one.get("a").isEmpty());
    }
  }

  @Test
  void withALogItServesWhileRedisIsDownAndCatchesUpByItself() {
    // For as long as the staleness bound a filter knows of its own that an id is absent.
    SyncEngineConfig config =
        config().walPath(folder.resolve("sync.wal")).existenceFilter(false).build();
    try (SyncEngine engine = SyncEngine.open(config)) {
      engine.submit(SyncItem.of("before", "1"), Ack.PERSISTED);
      keyspace.kill();
      for (int i = 0; i < MANY; i++) {
        assertThat(engine.submit(SyncItem.of("many." + i, "content " + i)).reached())
            .isEqualTo(Ack.LOGGED);
      }
      assertThat(engine.get("many.7").orElseThrow().contentAsString()).isEqualTo("content 7");
      assertThatThrownBy(() -> engine.get("never seen"))
          .isInstanceOf(TierUnavailableException.class);
      RedisFixture.until("degraded", () -> engine.health().status() == Health.Status.DEGRADED);

      keyspace.restart();

      RedisFixture.until("caught up", () -> engine.stats().pendingItems() == 0);
      RedisFixture.until("well", () -> engine.health().status() == Health.Status.UP);
      assertThat(engine.deadLetters().count()).isZero();
    }
    try (SyncEngine other = SyncEngine.open(config().build())) {
      assertThat(other.scan("many").count()).isEqualTo(MANY);
      assertThat(other.get("before")).isPresent();
    }
  }

  @Test
  void withALogAWipedRedisIsNotTakenForTheLogsDatabase() {
    SyncEngineConfig config = config().walPath(folder.resolve("sync.wal")).build();
    try (SyncEngine engine = SyncEngine.open(config)) {
      engine.submit(SyncItem.of("a", "1"), Ack.PERSISTED);
      keyspace.wipe();

      RedisFixture.until(
          "refused",
          () -> engine.health().reasons().toString().contains("the log belongs to another"));

      assertThat(engine.submit(SyncItem.of("b", "2")).reached()).isEqualTo(Ack.LOGGED);
      assertThat(engine.get("b")).isPresent();
      assertThatThrownBy(() -> engine.get("a")).isInstanceOf(TierUnavailableException.class);
      assertThat(engine.close(Duration.ZERO).waitingInLog()).isEqualTo(1);
    }
  }

  @Test
  void withoutALogAWipedRedisIsTakenAsItIs() {
    try (SyncEngine engine = SyncEngine.open(config().build())) {
      engine.submit(SyncItem.of("a", "1"), Ack.PERSISTED);
      keyspace.wipe();

      RedisFixture.until("forgotten", () -> absent(engine, "a"));

      engine.submit(SyncItem.of("b", "2"), Ack.PERSISTED);
      RedisFixture.until("well", () -> engine.health().status() == Health.Status.UP);
    }
    try (SyncEngine other = SyncEngine.open(config().build())) {
      assertThat(other.get("a")).isEmpty();
      assertThat(other.get("b")).isPresent();
    }
  }

  /** Empty is an answer; not to be reached is none. */
  private static boolean absent(SyncEngine engine, String id) {
    try {
      return engine.get(id).isEmpty();
    } catch (TierUnavailableException e) {
      return false;
    }
  }

  private SyncEngineConfig.Builder config() {
    String prefix = keyspace.prefix();
    return SyncEngineConfig.builder()
        .redisUrl(keyspace.url())
        .namespace(prefix.substring(0, prefix.length() - 1));
  }
}
