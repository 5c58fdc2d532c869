// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc.engines;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.jdbc.Await;
import io.syncengine.jdbc.JdbcTier;
import io.syncengine.jdbc.JdbcTierProvider;
import io.syncengine.model.Health;
import io.syncengine.model.ItemStatus.State;
import io.syncengine.model.ItemStatus.TierStatus;
import io.syncengine.model.Source;
import io.syncengine.spi.CacheGenerations;
import io.syncengine.spi.Entry;
import io.syncengine.testkit.TestTierConfig;
import io.syncengine.testkit.servers.RedisKeyspace;
import io.syncengine.testkit.servers.RedisNode;
import io.syncengine.testkit.servers.RedisServerExtension;
import io.syncengine.testkit.servers.SqlServerExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several processes before one database with one Redis between, by both clients. Redis comes back
 * empty, set back, and late. {@code -Dsync.seconds=60} lets the processes work for so long, on
 * MariaDB too.
 */
class EnginesWithCacheIT {
  private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("sync.seconds", 3));
  private static final Duration PART = TIME.dividedBy(5);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration LATE =
      SyncEngineConfig.builder().build().l2Timeout().plusMillis(500);

  @Nested
  class OnMySql extends Clauses {
    OnMySql() {
      super(SqlServerExtension.mysql());
    }
  }

  /** At full size only: it costs what the other does. */
  @Nested
  @EnabledIfSystemProperty(named = "sync.seconds", matches = "[0-9]+")
  class OnMariaDb extends Clauses {
    OnMariaDb() {
      super(SqlServerExtension.mariadb());
    }
  }

  abstract static class Clauses {
    @RegisterExtension final SqlServerExtension server;

    /** Keeps nothing on disk by itself. */
    @RegisterExtension
    final RedisServerExtension redisServer =
        RedisServerExtension.standalone().withOptions("--appendonly", "no");

    @TempDir Path folder;
    private RedisKeyspace redis;

    Clauses(SqlServerExtension server) {
      this.server = server;
    }

    @BeforeEach
    void setUp() {
      redis = redisServer.keyspace();
    }

    @Test
    void threeProcessesThatAreKilledAndARedisThatIsLostSetBackAndLateLoseNothing()
        throws Exception {
      ThreeEngines.run(folder, TIME, this::optionsWithLog, this::course);
    }

    private void course(ThreeEngines engines) throws Exception {
      try (JdbcTier database = (JdbcTier) new JdbcTierProvider().create()) {
        database.open(config(server.database().url()));
        long before = generation(database);
        engines.pass(PART);
        loseRedis(engines, database);
        engines.pass(PART);
        engines.kill(0);
        engines.checkPersisted(database);
        engines.startAgain(0);
        setRedisBack(engines, database);
        engines.pass(PART);
        delayRedis(engines);
        engines.checkPersisted(database);
        engines.stop();
        engines.startAgain(1);
        engines.stop();
        checkEnd(engines, database);
        System.out.printf(
            "%s, %s, for %s: %d generations of the cache begun meanwhile%n",
            server.database(), redis, TIME, generation(database) - before);
      }
    }

    private void checkEnd(ThreeEngines engines, JdbcTier database) throws Exception {
      Map<String, Entry> stored;
      try (CacheBesideDatabase cache = new CacheBesideDatabase(database, config(redis.url()))) {
        Await.until(PATIENCE, () -> "lag " + cache.lag(), () -> cache.lag() == 0);
        int settled = cache.check(database.load(WritingEngine.IDS).found());
        List<String> said = engines.end(database.poll(1, 0).head());
        said.forEach(System.out::println);
        assertThat(said).hasSize(3).noneMatch(text -> text.contains(" 0 hits"));
        stored = engines.check(database);
        int held = cache.check(stored);
        System.out.printf(
            "Redis holds %d of %d ids when all have settled, %d when each has read all%n",
            settled, stored.size(), held);
        assertThat(settled).isPositive();
        assertThat(held).isPositive();
      }
      checkAnswers(stored);
    }

    /** For reading only; waits longer than the engines, which leave it little of the machine. */
    private TestTierConfig config(String url) {
      return TestTierConfig.defaults()
          .withUrl(url)
          .withNamespace(namespace())
          .withReadOnly(true)
          .withRequestTimeout(PATIENCE);
    }

    private static long generation(JdbcTier database) {
      return database.poll(1, 0).generation() >>> CacheGenerations.RANDOM_BITS;
    }

    /** It is killed and comes back without anything. */
    private void loseRedis(ThreeEngines engines, JdbcTier database) {
      long generation = generation(database);
      String mark = mark();
      redis.kill();
      engines.pass(PART);
      redis.restart();
      assertThat(node().command("EXISTS", mark)).containsExactly("0");
      awaitGenerationAfter(generation, database);
    }

    /** It is killed and comes back with what it once held, of which much is old by then. */
    private void setRedisBack(ThreeEngines engines, JdbcTier database) {
      long generation = generation(database);
      String mark = mark();
      node().command("SAVE");
      engines.pass(PART);
      redis.restart();
      assertThat(node().command("EXISTS", mark)).containsExactly("1");
      awaitGenerationAfter(generation, database);
    }

    /**
     * It answers nobody for longer than anybody waits, and then does all that it was told. What one
     * that is killed meanwhile has stored is not among that.
     */
    private void delayRedis(ThreeEngines engines) throws Exception {
      redis.pause();
      engines.pass(LATE);
      engines.kill(1);
      redis.resume();
    }

    private static void awaitGenerationAfter(long generation, JdbcTier database) {
      Await.until(
          PATIENCE,
          () -> "another generation after " + generation,
          () -> generation(database) > generation);
    }

    private RedisNode node() {
      return redis.nodes().get(0);
    }

    private String mark() {
      String mark = redis.prefix() + "mark";
      node().command("SET", mark, "there");
      return mark;
    }

    /** Another engine says of each tier what the tiers said themselves. */
    private void checkAnswers(Map<String, Entry> stored) {
      try (SyncEngine engine = SyncEngine.open(WritingEngine.config(options("jedis")))) {
        Await.until(
            PATIENCE,
            () -> engine.health() + ", " + engine.stats(),
            () -> engine.health().status() == Health.Status.UP && engine.stats().l2Lag() == 0);
        long held =
            stored.values().stream()
                .filter(entry -> isHeld(entry, engine.status(entry.id()).tiers()))
                .count();
        assertThat(held).isPositive();
      }
    }

    private static boolean isHeld(Entry stored, List<TierStatus> tiers) {
      State state = stored.tombstone() ? State.DELETED : State.LIVE;
      for (TierStatus line : tiers) {
        if (line.source() == Source.L3 || line.state() != State.NOT_CACHED) {
          assertThat(line.state()).as("%s in %s", stored.id(), line.source()).isEqualTo(state);
          assertThat(line.revision()).as(stored.id()).contains(stored.revision());
        }
      }
      return tiers.stream().anyMatch(line -> line.source() == Source.L2 && line.state() == state);
    }

    private String namespace() {
      return redis.prefix().substring(0, redis.prefix().length() - 1);
    }

    private List<String> optionsWithLog(int number) {
      List<String> options = new ArrayList<>(options(number % 2 == 0 ? "lettuce" : "jedis"));
      options.addAll(WritingEngine.writing(folder.resolve("log-" + number + ".db")));
      return options;
    }

    private List<String> options(String client) {
      return List.of(
          "sql_url=" + server.database().url(),
          "redis_url=" + redis.url(),
          "redis_client=" + client,
          "namespace=" + namespace());
    }
  }
}
