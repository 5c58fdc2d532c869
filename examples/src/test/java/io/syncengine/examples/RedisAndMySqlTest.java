// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.model.Ack;
import io.syncengine.model.Health;
import io.syncengine.model.Source;
import io.syncengine.model.SyncItem;
import io.syncengine.testkit.servers.RedisKeyspace;
import io.syncengine.testkit.servers.RedisServerExtension;
import io.syncengine.testkit.servers.SqlServerExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Memory, Redis and MySQL on real servers; README shows the regions. */
class RedisAndMySqlTest {
  @RegisterExtension final SqlServerExtension mysql = SqlServerExtension.mysql();
  @RegisterExtension final RedisServerExtension redis = RedisServerExtension.standalone();
  @TempDir Path folder;
  private String redisUrl;
  private String sqlUrl;
  private String namespace;

  @BeforeEach
  void setUp() {
    RedisKeyspace keyspace = redis.keyspace();
    redisUrl = keyspace.url();
    sqlUrl = mysql.database().url();
    namespace = keyspace.prefix().substring(0, keyspace.prefix().length() - 1);
  }

  // region quick-start
  SyncEngine open(String instance) {
    return SyncEngine.open(
        SyncEngineConfig.builder()
            .redisUrl(redisUrl) // redis://user:password@host:6379
            .sqlUrl(sqlUrl) // mysql://user:password@host:3306/database
            .namespace(namespace)
            .walPath(folder.resolve(instance + ".wal")) // each instance has its own
            .build());
  }

  // endregion

  @Test
  void whatOneInstanceHasWrittenAnotherReadsFromRedis() {
    // region quick-start
    try (SyncEngine one = open("one")) {
      one.submit(SyncItem.of("greeting.fr", "Bonjour"), Ack.PERSISTED);
    }
    try (SyncEngine another = open("another")) {
      assertThat(another.read("greeting.fr").source()).isEqualTo(Source.L2); // Redis
      assertThat(another.read("greeting.fr").source()).isEqualTo(Source.L1); // its own memory
    }
    // endregion
  }

  @Test
  void withoutRedisEverythingGoesOn() {
    try (SyncEngine engine = open("one")) {
      RedisKeyspace keyspace = redis.keyspace();
      // region killed
      keyspace.kill();
      engine.submit(SyncItem.of("greeting.fr", "Salut"), Ack.PERSISTED);
      try (SyncEngine another = open("another")) {
        assertThat(another.read("greeting.fr").source()).isEqualTo(Source.L3); // MySQL
        assertThat(another.health().status()).isEqualTo(Health.Status.DEGRADED);
        keyspace.restart();
        awaitUp(another); // without anybody's help
      }
      // endregion
    }
  }

  private static void awaitUp(SyncEngine engine) {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (engine.health().status() != Health.Status.UP && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
    }
    assertThat(engine.health().reasons()).isEmpty();
  }
}
