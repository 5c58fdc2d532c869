// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.jdbc.Await;
import io.syncengine.model.Ack;
import io.syncengine.model.CorruptDataException;
import io.syncengine.model.Difference;
import io.syncengine.model.Difference.Fix;
import io.syncengine.model.Difference.Kind;
import io.syncengine.model.ItemStatus.State;
import io.syncengine.model.ReadOption;
import io.syncengine.model.Source;
import io.syncengine.model.SyncItem;
import io.syncengine.model.VerifyOptions;
import io.syncengine.model.VerifyReport;
import io.syncengine.testkit.servers.RedisKeyspace;
import io.syncengine.testkit.servers.RedisNode;
import io.syncengine.testkit.servers.RedisServerExtension;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * What engines and others leave different is found and put right: between two databases, between a
 * database and the Redis before it, and in the rows themselves.
 */
class AntiEntropyIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final VerifyOptions DEEP = VerifyOptions.defaults().withDeep(true);
  // One request a level below the root, the root and the ids, and the ids once more.
  private static final int MOST_REQUESTS_A_SIDE = 6;

  @RegisterExtension
  final RedisServerExtension redisServer =
      RedisServerExtension.standalone().withOptions("--appendonly", "no");

  @TempDir Path folder;
  private final List<SyncEngine> opened = new ArrayList<>();

  @AfterEach
  void closeAll() {
    opened.forEach(engine -> engine.close(Duration.ofSeconds(5)));
  }

  private Path file(String name) {
    return folder.resolve(name + ".db");
  }

  private String url(String name) {
    return "sqlite:" + file(name);
  }

  private SyncEngine open(SyncEngineConfig.Builder config) {
    SyncEngine engine = SyncEngine.open(config.build());
    opened.add(engine);
    return engine;
  }

  private SyncEngineConfig.Builder over(String name) {
    return SyncEngineConfig.builder().sqlUrl(url(name)).batchFlushInterval(Duration.ofMillis(5));
  }

  private SyncEngine withRedis(String name) {
    RedisKeyspace redis = redisServer.keyspace();
    return open(
        over(name)
            .redisUrl(redis.url())
            .l2Timeout(Duration.ofSeconds(20)) // a busy machine connects slowly
            .namespace(redis.prefix().replace(":", ""))
            .changePoll(Duration.ofMillis(20))
            .stalenessBound(Duration.ofMillis(200)));
  }

  private static void submit(SyncEngine engine, int count) {
    engine.submitAll(
        IntStream.range(0, count).mapToObj(i -> SyncItem.of(id(i), "content of " + i)).toList(),
        Ack.PERSISTED);
  }

  private static String id(int i) {
    return "k." + i / 100 + "." + i;
  }

  private void sql(String name, String... statements) throws SQLException {
    try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file(name));
        Statement s = c.createStatement()) {
      for (String sql : statements) {
        assertThat(s.executeUpdate(sql)).as(sql).isPositive();
      }
    }
  }

  private void copy(String name, String to) throws SQLException {
    try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file(name));
        Statement s = c.createStatement()) {
      s.execute("VACUUM INTO '" + file(to) + "'");
    }
  }

  private static String text(SyncEngine engine, String id) {
    return engine.get(id).map(SyncItem::contentAsString).orElse(null);
  }

  // --- two databases

  @Test
  void anotherDatabaseIsBroughtToTheSameAndComparedByItsRoot() {
    SyncEngine here = open(over("a"));
    submit(here, 2_000);
    open(over("b"));
    VerifyOptions against = VerifyOptions.defaults().withAgainst(url("b"));

    VerifyReport before = here.verify(against);
    assertThat(before.equal()).isFalse();
    assertThat(before.differenceCount()).isEqualTo(2_000);
    assertThat(before.differences())
        .allMatch(d -> d.kind() == Kind.MISSING && d.side().equals("other"));
    VerifyReport dry = here.repair(against.withDryRun(true));
    assertThat(dry.differences()).allMatch(d -> d.fix() == Fix.WOULD_REPAIR);
    assertThat(here.verify(against).differenceCount()).isEqualTo(2_000);

    VerifyReport repaired = here.repair(against);
    assertThat(repaired.healed()).isTrue();
    assertThat(repaired.repairedCount()).isEqualTo(2_000);
    VerifyReport after = here.verify(against);
    assertThat(after.equal()).isTrue();
    assertThat(after.requests()).as("one to each").isEqualTo(2);
    assertThat(after.digests()).isEqualTo(2);
  }

  @Test
  void whatEnginesLeftDifferentIsFoundByAFewRequestsAndTheHigherRevisionWins() {
    SyncEngine here = open(over("a"));
    SyncEngine there = open(over("b"));
    submit(here, 5_000);
    VerifyOptions against = VerifyOptions.defaults().withAgainst(url("b"));
    here.repair(against);
    here.submit(SyncItem.of(id(1), "newer here"), Ack.PERSISTED);
    here.delete(id(2), Ack.PERSISTED);
    here.submit(SyncItem.of("only.here", "1"), Ack.PERSISTED);
    there.submit(SyncItem.of(id(3), "newer there"), Ack.PERSISTED);
    there.delete(id(4), Ack.PERSISTED);
    there.submit(SyncItem.of("only.there", "1"), Ack.PERSISTED);

    VerifyReport found = here.verify(against);
    assertThat(found.differences())
        .extracting(d -> d.side() + " " + d.kind() + " " + d.id())
        .containsExactlyInAnyOrder(
            "other OLDER " + id(1),
            "other OLDER " + id(2),
            "other MISSING only.here",
            "L3 OLDER " + id(3),
            "L3 OLDER " + id(4),
            "L3 MISSING only.there");
    assertThat(found.requests()).isLessThanOrEqualTo(2 * MOST_REQUESTS_A_SIDE);
    assertThat(found.digests()).isLessThanOrEqualTo(2_000);

    assertThat(here.repair(against).healed()).isTrue();
    assertThat(here.verify(against).equal()).isTrue();
    for (SyncEngine engine : List.of(here, there)) {
      Await.until(
          PATIENCE,
          () -> "all is followed",
          () ->
              "newer here".equals(text(engine, id(1)))
                  && text(engine, id(2)) == null
                  && "1".equals(text(engine, "only.here"))
                  && "newer there".equals(text(engine, id(3)))
                  && text(engine, id(4)) == null
                  && "1".equals(text(engine, "only.there")));
    }
  }

  @Test
  void aPartIsComparedById() {
    SyncEngine here = open(over("a"));
    open(over("b"));
    submit(here, 300);
    here.submit(SyncItem.of("k.1", "a root"), Ack.PERSISTED);
    VerifyOptions part = VerifyOptions.defaults().withAgainst(url("b")).withPrefix("k.1");

    assertThat(here.verify(part).differenceCount()).isEqualTo(101);
    assertThat(here.repair(part).repairedCount()).isEqualTo(101);
    assertThat(here.verify(part).equal()).isTrue();
    assertThat(here.verify(part.withPrefix("k.2")).differenceCount()).isEqualTo(100);
  }

  @Test
  void whatMayHaveBeenDeletedOnTheOtherSideIsLeft() throws SQLException {
    SyncEngine here = open(over("a"));
    open(over("b"));
    submit(here, 3);
    long later = System.currentTimeMillis() + Duration.ofHours(1).toMillis();
    sql("b", "UPDATE meta SET value = '" + later + "' WHERE name = 'purge_horizon'");
    VerifyOptions against = VerifyOptions.defaults().withAgainst(url("b"));

    assertThat(here.repair(against.withDryRun(true)).differences())
        .allMatch(d -> d.fix() == Fix.AMBIGUOUS)
        .hasSize(3);
    VerifyReport left = here.repair(against);
    assertThat(left.differences()).allMatch(d -> d.fix() == Fix.AMBIGUOUS).hasSize(3);
    assertThat(left.healed()).isFalse();
    assertThat(here.verify(against).differenceCount()).isEqualTo(3);
  }

  @Test
  void aDamagedRowIsRestoredFromTheOtherDatabase() throws SQLException {
    SyncEngine here = open(over("a"));
    open(over("b"));
    submit(here, 500);
    VerifyOptions against = VerifyOptions.defaults().withAgainst(url("b"));
    here.repair(against);
    sql(
        "a",
        "UPDATE items SET content = X'00' WHERE id = '" + id(1) + "'",
        "UPDATE items SET content_hash = NULL WHERE id = '" + id(2) + "'",
        "DELETE FROM items WHERE id = '" + id(3) + "'");

    assertThat(here.verify(against).equal()).as("by digests").isTrue();
    assertThat(here.verify(against.withDeep(true)).differences())
        .extracting(d -> d.side() + " " + d.kind() + " " + d.id())
        .containsExactlyInAnyOrder(
            "L3 DAMAGED " + id(1), "L3 DAMAGED " + id(2), "L3 MISSING " + id(3));
    VerifyReport repaired = here.repair(against.withDeep(true));
    assertThat(repaired.differences()).allMatch(d -> d.fix() == Fix.REPAIRED).hasSize(3);
    assertThat(here.verify(against.withDeep(true)).equal()).isTrue();
    assertThat(here.verify(DEEP).equal()).isTrue();
    for (int i = 1; i <= 3; i++) {
      assertThat(text(here, id(i))).isEqualTo("content of " + i);
    }
  }

  @Test
  void theEnginesOwnDatabaseIsNoOther() {
    SyncEngine here = open(over("a"));
    assertThatThrownBy(() -> here.verify(VerifyOptions.defaults().withAgainst(url("a"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("own");
  }

  @Test
  void aCopyOfTheDatabaseIsAnotherFromWhichDamageIsRepaired() throws SQLException {
    SyncEngine here = open(over("a"));
    submit(here, 100);
    copy("a", "backup");
    here.submit(SyncItem.of(id(9), "newer than the backup"), Ack.PERSISTED);
    sql(
        "a",
        "UPDATE items SET content = X'00' WHERE id = '" + id(1) + "'",
        "DELETE FROM items WHERE id = '" + id(2) + "'");
    VerifyOptions deep = VerifyOptions.defaults().withDeep(true).withAgainst(url("backup"));

    assertThat(here.verify(deep).differences())
        .extracting(d -> d.side() + " " + d.kind() + " " + d.id())
        .containsExactlyInAnyOrder(
            "L3 DAMAGED " + id(1), "L3 MISSING " + id(2), "other OLDER " + id(9));
    VerifyReport repaired = here.repair(deep);

    assertThat(repaired.healed()).as("%s", repaired).isTrue();
    assertThat(here.verify(deep).equal()).isTrue();
    assertThat(text(here, id(2))).isEqualTo("content of 2");
    assertThat(text(here, id(9))).isEqualTo("newer than the backup");
  }

  @Test
  void aRowWithAnotherLeafIsRepairedByItselfAndTheDigestsStayRight() throws SQLException {
    SyncEngine here = open(over("a"));
    open(over("b"));
    submit(here, 300);
    String leaf = "UPDATE items SET leaf = zeroblob(32) WHERE id = '" + id(1) + "'";
    sql("a", leaf);

    VerifyReport part = here.repair(DEEP.withPrefix("k.0"));
    assertThat(part.differences())
        .extracting(d -> d.side() + " " + d.kind() + " " + d.id() + " " + d.fix())
        .containsExactly("L3 DAMAGED " + id(1) + " REPAIRED");
    assertThat(here.verify(DEEP).equal()).as("%s", here.verify(DEEP)).isTrue();

    sql("a", leaf);
    VerifyReport whole = here.repair(DEEP.withAgainst(url("b")));
    assertThat(whole.healed()).as("%s", whole).isTrue();
    assertThat(whole.differenceCount()).as("the damaged one and all that b lacks").isEqualTo(301);
    assertThat(here.verify(DEEP.withAgainst(url("b"))).equal()).isTrue();
    assertThat(here.verify(DEEP).equal()).isTrue();
  }

  @Test
  void aPartThatIsRepairedLeavesTheDigestsRight() throws SQLException {
    SyncEngine here = open(over("a"));
    submit(here, 300);
    copy("a", "backup");
    sql("a", "DELETE FROM items WHERE id = '" + id(101) + "'");

    VerifyReport repaired =
        here.repair(VerifyOptions.defaults().withAgainst(url("backup")).withPrefix("k.1"));
    assertThat(repaired.repairedCount()).isOne();
    assertThat(repaired.buckets()).as("where a row was lost by hand").hasSize(1);
    assertThat(repaired.healed()).isTrue();
    assertThat(here.verify(DEEP).equal()).as("%s", here.verify(DEEP)).isTrue();
    assertThat(here.verify(VerifyOptions.defaults().withAgainst(url("backup"))).requests())
        .as("the roots are equal")
        .isEqualTo(2);
  }

  @Test
  void digestsThatCannotBeReadAreComputedAnewByADeepRepair() throws SQLException {
    SyncEngine here = open(over("a"));
    open(over("b"));
    submit(here, 100);
    here.submit(SyncItem.of("one", "1"), Ack.PERSISTED);
    here.submit(SyncItem.of("two", "2"), Ack.PERSISTED);
    sql("a", "DELETE FROM changes WHERE sequence = (SELECT MAX(sequence) - 1 FROM changes)");

    assertThatThrownBy(() -> here.verify(DEEP)).isInstanceOf(CorruptDataException.class);
    VerifyReport repaired = here.repair(DEEP);
    assertThat(repaired.digestsRepaired()).isTrue();
    assertThat(repaired.healed()).isTrue();
    assertThat(here.verify(DEEP).equal()).isTrue();
    here.repair(VerifyOptions.defaults().withAgainst(url("b")));
    assertThat(here.verify(VerifyOptions.defaults().withAgainst(url("b"))).requests()).isEqualTo(2);
  }

  // --- a database and its Redis

  private void awaitCached(SyncEngine engine, String id) {
    Await.until(
        PATIENCE,
        () -> id + " is not in Redis: " + engine.status(id) + engine.health(),
        () ->
            engine.status(id).tiers().stream()
                .anyMatch(t -> t.source() == Source.L2 && t.state() == State.LIVE));
  }

  private RedisNode redis() {
    return redisServer.keyspace().nodes().get(0);
  }

  private String key(String id) {
    List<String> keys = redis().command("KEYS", "*}:" + id);
    assertThat(keys).as(id).hasSize(1);
    return keys.get(0);
  }

  @Test
  void editsByHandInBothAreFoundAndRepaired() throws SQLException {
    SyncEngine engine = withRedis("a");
    submit(engine, 1_000);
    engine.submit(SyncItem.of("old", "1"), Ack.PERSISTED);
    engine.submit(SyncItem.of("extra", "1"), Ack.PERSISTED);
    for (int i = 0; i < 1_000; i++) {
      awaitCached(engine, id(i));
    }
    awaitCached(engine, "old");
    awaitCached(engine, "extra");
    redis().command("COPY", key("old"), "kept.old");
    redis().command("COPY", key("extra"), "kept.extra");
    engine.submit(SyncItem.of("old", "2"), Ack.PERSISTED);
    engine.delete("extra", Ack.PERSISTED);
    Await.until(
        PATIENCE,
        () -> "" + engine.status("extra"),
        () -> engine.status("extra").tiers().stream().noneMatch(t -> t.state() == State.LIVE));
    assertThat(engine.verify(DEEP).equal()).as("before: %s", engine.verify(DEEP)).isTrue();

    String table = redisServer.keyspace().prefix().replace(":", "") + "_items";
    String extraKey = key("extra");
    sql(
        "a",
        "UPDATE " + table + " SET content = X'00' WHERE id = '" + id(1) + "'",
        "DELETE FROM " + table + " WHERE id = '" + id(2) + "'",
        "DELETE FROM " + table + " WHERE id = 'extra'");
    redis().command("RENAME", "kept.old", key("old"));
    redis().command("RENAME", "kept.extra", extraKey);
    redis().command("SET", key(id(3)), "not one of ours");
    redis().command("SETRANGE", key(id(4)), "150", "!");

    VerifyReport found = engine.verify(DEEP);
    assertThat(found.differences())
        .extracting(d -> d.side() + " " + d.kind() + " " + d.id())
        .containsExactlyInAnyOrder(
            "L3 DAMAGED " + id(1),
            "L2 EXTRA " + id(2),
            "L2 OLDER old",
            "L2 EXTRA extra",
            "L2 DAMAGED " + id(3),
            "L2 DAMAGED " + id(4));
    assertThat(found.buckets()).as("the row that is gone").hasSize(1);

    VerifyReport repaired = engine.repair(DEEP.withFromL2(true));
    assertThat(repaired.differences())
        .extracting(d -> d.side() + " " + d.kind() + " " + d.id() + " " + d.fix())
        .containsExactlyInAnyOrder(
            "L3 DAMAGED " + id(1) + " REPAIRED",
            "L3 MISSING " + id(2) + " REPAIRED",
            "L2 OLDER old REPAIRED",
            "L2 EXTRA extra REPAIRED",
            "L2 DAMAGED " + id(3) + " REPAIRED",
            "L2 DAMAGED " + id(4) + " REPAIRED");
    assertThat(repaired.digestsRepaired()).isTrue();
    assertThat(engine.verify(DEEP).equal()).as("after: %s", engine.verify(DEEP)).isTrue();
    SyncEngine fresh = withRedis("a");
    for (int i = 0; i < 10; i++) {
      assertThat(text(fresh, id(i))).isEqualTo("content of " + i);
    }
    assertThat(text(fresh, "old")).isEqualTo("2");
    assertThat(fresh.get("extra")).isEmpty();
  }

  @Test
  void whatIsDamagedIsKeptNowhereSoThatARepairIsSeen() throws SQLException {
    SyncEngine engine = withRedis("a");
    submit(engine, 100);
    copy("a", "backup");
    String table = redisServer.keyspace().prefix().replace(":", "") + "_items";
    redisServer.keyspace().nodes().forEach(node -> node.command("FLUSHALL"));
    for (int i = 0; i < 20; i++) {
      sql("a", "UPDATE " + table + " SET content = X'00' WHERE id = '" + id(i) + "'");
    }
    SyncEngine reader = withRedis("a");
    for (int i = 0; i < 20; i++) {
      assertThat(text(reader, id(i))).isEqualTo("\u0000");
    }

    assertThat(engine.repair(DEEP.withAgainst(url("backup"))).healed()).isTrue();

    for (int i = 0; i < 20; i++) {
      assertThat(text(reader, id(i))).isEqualTo("content of " + i);
      assertThat(reader.read(id(i), ReadOption.SKIP_L1).item())
          .map(SyncItem::contentAsString)
          .contains("content of " + i);
    }
  }

  @Test
  void withoutLeaveTheDatabaseWinsAndADamagedRowIsLeft() throws SQLException {
    SyncEngine engine = withRedis("a");
    submit(engine, 100);
    for (int i = 0; i < 100; i++) {
      awaitCached(engine, id(i));
    }
    String table = redisServer.keyspace().prefix().replace(":", "") + "_items";
    sql(
        "a",
        "UPDATE " + table + " SET content = X'00' WHERE id = '" + id(1) + "'",
        "DELETE FROM " + table + " WHERE id = '" + id(2) + "'");

    VerifyReport repaired = engine.repair(DEEP);
    assertThat(repaired.differences())
        .extracting(d -> d.side() + " " + d.kind() + " " + d.id() + " " + d.fix())
        .containsExactlyInAnyOrder(
            "L3 DAMAGED " + id(1) + " NO_SOURCE", "L2 EXTRA " + id(2) + " REPAIRED");
    assertThat(repaired.healed()).isFalse();
    assertThat(repaired.digestsRepaired()).isTrue();
    VerifyReport left = engine.verify(DEEP);
    assertThat(left.differences()).extracting(Difference::id).containsExactly(id(1));
    assertThat(left.buckets()).isEmpty();
    SyncEngine fresh = withRedis("a");
    Await.until(PATIENCE, () -> "gone", () -> fresh.get(id(2)).isEmpty());
  }

  @Test
  void whatIsBeingWrittenIsNoDifference() throws Exception {
    SyncEngine engine = withRedis("a");
    submit(engine, 500);
    AtomicBoolean over = new AtomicBoolean();
    CompletableFuture<Void> writing =
        CompletableFuture.runAsync(
            () -> {
              Random random = new Random(1);
              while (!over.get()) {
                String id = id(random.nextInt(500));
                if (random.nextInt(5) == 0) {
                  engine.delete(id, Ack.PERSISTED);
                } else {
                  engine.submit(SyncItem.of(id, "c" + random.nextInt()), Ack.PERSISTED);
                }
              }
            });
    try {
      for (int i = 0; i < 3; i++) {
        VerifyReport report = engine.verify(DEEP);
        assertThat(report.equal()).as("%s", report).isTrue();
      }
    } finally {
      over.set(true);
      writing.get();
    }
    assertThat(engine.verify(DEEP).equal()).isTrue();
  }
}
