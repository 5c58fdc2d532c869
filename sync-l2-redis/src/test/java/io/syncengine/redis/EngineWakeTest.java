// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.model.Ack;
import io.syncengine.model.Source;
import io.syncengine.model.SyncItem;
import io.syncengine.spi.InMemoryTier;
import io.syncengine.testkit.servers.RedisKeyspace;
import io.syncengine.testkit.servers.RedisServerExtension;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Engines that wake each other by way of Redis. */
class EngineWakeTest {
  /** Longer than anything here is waited for. */
  private static final Duration POLL = RedisFixture.PATIENCE.multipliedBy(4);

  @RegisterExtension final RedisServerExtension server = RedisServerExtension.standalone();
  private final InMemoryTier truth = new InMemoryTier();
  private final AtomicInteger written = new AtomicInteger();
  private RedisKeyspace keyspace;

  @BeforeEach
  void setUp() {
    keyspace = server.keyspace();
  }

  private SyncEngineConfig.Builder config(String client) {
    String prefix = keyspace.prefix();
    return SyncEngineConfig.builder()
        .l3(truth)
        .redisUrl(keyspace.url())
        .redisClient(client)
        .namespace(prefix.substring(0, prefix.length() - 1));
  }

  /** Writes something new, again and again since a word may be lost, until the other sees it. */
  private void assertSees(SyncEngine writer, SyncEngine reader) {
    writer.submit(SyncItem.of("a", Integer.toString(written.incrementAndGet())), Ack.PERSISTED);
    // From memory, where nothing but a change row makes it old.
    RedisFixture.until("it is in memory", () -> reader.read("a").source() == Source.L1);
    int before = written.get();
    RedisFixture.until(
        "it is seen",
        () -> {
          writer.submit(
              SyncItem.of("a", Integer.toString(written.incrementAndGet())), Ack.PERSISTED);
          return Integer.parseInt(reader.get("a").orElseThrow().contentAsString()) > before;
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void oneSeesWhatTheOtherWritesLongBeforeItsPollIsDue(String client) {
    SyncEngineConfig config =
        config(client).changePoll(POLL).stalenessBound(POLL.multipliedBy(2)).build();
    try (SyncEngine one = SyncEngine.open(config);
        SyncEngine two = SyncEngine.open(config)) {
      assertSees(one, two);
      assertSees(two, one);

      keyspace.nodes().get(0).command("CLIENT", "KILL", "TYPE", "pubsub");

      assertSees(one, two);
      assertSees(two, one);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void withoutTheRightToTheChannelTheyPollAndUseTheCache(String client) {
    keyspace.nodes().get(0).command("ACL", "SETUSER", keyspace.user(), "resetchannels");
    try (SyncEngine one = SyncEngine.open(config(client).build());
        SyncEngine two = SyncEngine.open(config(client).build())) {
      for (int i = 0; i < 50; i++) {
        one.submit(SyncItem.of("m." + i, "x"), Ack.PERSISTED);
      }
      RedisFixture.until("the cache lacks nothing", () -> two.stats().l2Lag() == 0);
      RedisFixture.until("the cache is in use", () -> two.read("m.1").source() != Source.L3);
      RedisFixture.until("all is well", () -> two.health().reasons().isEmpty());
      assertThat(one.health().reasons()).isEmpty();
      assertSees(one, two);
    }
  }
}
