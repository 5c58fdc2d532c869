// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc.engines;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.jdbc.Await;
import io.syncengine.model.Ack;
import io.syncengine.model.BatchResult;
import io.syncengine.model.Difference.Fix;
import io.syncengine.model.SyncItem;
import io.syncengine.model.VerifyOptions;
import io.syncengine.model.VerifyReport;
import io.syncengine.testkit.servers.RedisKeyspace;
import io.syncengine.testkit.servers.RedisNode;
import io.syncengine.testkit.servers.RedisServerExtension;
import io.syncengine.testkit.servers.SqlServerExtension;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many items in MySQL with a full Redis, and in SQLite: what it costs to find and to repair what
 * differs. Not part of the build: {@code mvn test -pl sync-l3-jdbc -am -Dtest=VerifyFigures
 * -Dsurefire.failIfNoSpecifiedTests=false -Dsync.items=1000000}. It checks what it finds.
 */
class VerifyFigures {
  private static final int ITEMS = Integer.getInteger("sync.items", 1_000_000);
  private static final int PART = 5_000;
  private static final int EDITS = 10;
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final String CONTENT = "x".repeat(90);
  private static final VerifyOptions DEEP = VerifyOptions.defaults().withDeep(true);

  @RegisterExtension final SqlServerExtension server = SqlServerExtension.mysql();

  @RegisterExtension
  final RedisServerExtension redisServer =
      RedisServerExtension.standalone().withOptions("--appendonly", "no", "--save", "");

  @TempDir Path folder;

  private String namespace() {
    return redisServer.keyspace().prefix().replace(":", "");
  }

  private static String id(int i) {
    return "shop." + i % 1_000 + ".item." + i;
  }

  private static void say(String what, VerifyReport report) {
    System.out.printf(
        "%s: %d differences, %d buckets, %d repaired; %d items, %d requests, %d digests, %d KB,"
            + " %.2f s, %.0f items/s%n",
        what,
        report.differenceCount(),
        report.buckets().size(),
        report.repairedCount(),
        report.items(),
        report.requests(),
        report.digests(),
        report.bytes() >> 10,
        report.elapsed().toMillis() / 1e3,
        report.items() * 1e9 / report.elapsed().toNanos());
  }

  @Test
  void whatDiffersIsFoundAndRepaired() throws Exception {
    RedisKeyspace redis = redisServer.keyspace();
    SyncEngineConfig here =
        SyncEngineConfig.builder()
            .sqlUrl(server.database().url())
            .redisUrl(redis.url())
            .namespace(namespace())
            .l2QueueBytes(2L << 30)
            .tierTimeout(Duration.ofSeconds(30))
            .l2Timeout(Duration.ofSeconds(10))
            .build();
    String other = "sqlite:" + folder.resolve("other.db");
    VerifyOptions against = VerifyOptions.defaults().withAgainst(other);
    try (SyncEngine engine = SyncEngine.open(here)) {
      fill(engine);
      say("empty SQLite repaired", engine.repair(against));
      say("equal, by the root", engine.verify(against));

      for (int i = 0; i < EDITS; i++) {
        int item = i * (ITEMS / EDITS) + 7;
        if (i % 3 == 0) {
          engine.delete(id(item), Ack.PERSISTED);
        } else {
          engine.submit(SyncItem.of(id(item), "changed"), Ack.PERSISTED);
        }
      }
      VerifyReport missed = engine.verify(against);
      say("batches that SQLite missed", missed);
      assertThat(missed.differenceCount()).isEqualTo(EDITS);
      VerifyReport repaired = engine.repair(against);
      say("repaired", repaired);
      assertThat(repaired.healed()).isTrue();
      assertThat(engine.verify(against).equal()).isTrue();

      say("full Redis", engine.verify(VerifyOptions.defaults()));
      VerifyReport deep = engine.verify(DEEP);
      say("deep", deep);
      assertThat(deep.equal()).isTrue();
      breakByHand();
      VerifyReport found = engine.verify(DEEP);
      say("deep, edited by hand", found);
      assertThat(found.differences()).hasSize(4);
      VerifyReport healed = engine.repair(DEEP.withFromL2(true));
      say("repaired from Redis", healed);
      assertThat(healed.differences()).allMatch(d -> d.fix() == Fix.REPAIRED).hasSize(4);
      VerifyReport after = engine.verify(DEEP);
      assertThat(after.equal()).as("%s", after).isTrue();
    }
  }

  private void fill(SyncEngine engine) {
    long start = System.nanoTime();
    for (int from = 0; from < ITEMS; from += PART) {
      BatchResult result =
          engine.submitAll(
              IntStream.range(from, Math.min(ITEMS, from + PART))
                  .mapToObj(i -> SyncItem.of(id(i), i + CONTENT))
                  .toList(),
              Ack.PERSISTED);
      assertThat(result.allSucceeded()).isTrue();
    }
    System.out.printf("%d items written in %.1f s%n", ITEMS, (System.nanoTime() - start) / 1e9);
    Await.until(PATIENCE, () -> "" + engine.stats(), () -> engine.stats().l2Lag() == 0);
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < ITEMS; i++) {
      ids.add(id(i));
      if (ids.size() == PART) {
        engine.getAll(ids);
        ids.clear();
      }
    }
    Await.until(
        PATIENCE,
        () -> "keys: " + redisServer.keyspace().keys().size(),
        () -> redis().command("DBSIZE").get(0).length() >= Integer.toString(ITEMS).length());
    System.out.println("Redis has " + redis().command("DBSIZE") + " keys");
  }

  private RedisNode redis() {
    return redisServer.keyspace().nodes().get(0);
  }

  private String key(String id) {
    List<String> found = redis().command("KEYS", "*}:" + id);
    assertThat(found).as(id).hasSize(1);
    return found.get(0);
  }

  /** Content and a row in the database, a value and a key in Redis. */
  private void breakByHand() throws SQLException {
    String table = namespace() + "_items";
    try (Connection c = server.database().connect();
        Statement s = c.createStatement()) {
      assertThat(
              s.executeUpdate(
                  "UPDATE " + table + " SET content = 'other' WHERE id = '" + id(11) + "'"))
          .isEqualTo(1);
      assertThat(s.executeUpdate("DELETE FROM " + table + " WHERE id = '" + id(12) + "'"))
          .isEqualTo(1);
    }
    redis().command("SETRANGE", key(id(13)), "150", "!");
    redis().command("COPY", key(id(14)), key(id(14)).replace(id(14), "extra"));
  }
}
