// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import static io.syncengine.testkit.Entries.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.Entry;
import io.syncengine.testkit.Entries;
import io.syncengine.testkit.Seeds;
import io.syncengine.testkit.TestTierConfig;
import io.syncengine.testkit.servers.SqlServerExtension;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * A server that is killed in the middle of batches, stopped, and started again. {@code
 * -Dsync.kills=50} kills it so often.
 */
class ServerRestartTest {
  private static final int KILLS = Integer.getInteger("sync.kills", 5);

  @Nested
  class OnMySql extends Clauses {
    OnMySql() {
      super(SqlServerExtension.mysql());
    }
  }

  @Nested
  class OnMariaDb extends Clauses {
    OnMariaDb() {
      super(SqlServerExtension.mariadb());
    }
  }

  abstract static class Clauses extends ServerClauses {
    private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicInteger commits = new AtomicInteger();

    Clauses(SqlServerExtension server) {
      super(server);
    }

    @Test
    void nothingThatWasAppliedIsLostAndNothingGoesBack() throws Exception {
      long seed = Seeds.of("nothingThatWasAppliedIsLost", 1).findFirst().orElseThrow();
      Random random = new Random(seed);
      JdbcTier tier = db.open(config());
      CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> write(tier, seed));
      try {
        for (int kill = 0; kill < KILLS; kill++) {
          awaitCommits(commits.get() + 1 + random.nextInt(20), writer);
          db.database.kill();
          db.database.restart();
          Map<String, Long> sure = Map.copyOf(acknowledged);
          Map<String, Entry> found = db.open(config()).load(sure.keySet()).found();
          sure.forEach(
              (id, version) ->
                  assertThat(found.get(id).version()).as(id).isGreaterThanOrEqualTo(version));
        }
      } finally {
        stopped.set(true);
      }
      writer.get(1, TimeUnit.MINUTES);
      new ChangeHistory(tier).check();
    }

    private TestTierConfig config() {
      return db.config.withRequestTimeout(Duration.ofSeconds(5));
    }

    /** Batches of rising versions; one that failed is applied again until it is through. */
    private void write(JdbcTier tier, long seed) {
      Random random = new Random(seed);
      for (long version = 1; !stopped.get(); version++) {
        TreeMap<String, Entry> entries = new TreeMap<>();
        for (int i = 0; i < 200; i++) {
          String id = "id" + random.nextInt(1_000);
          entries.put(id, value(id, version, "content of " + version));
        }
        List<Entry> batch = Entries.batch(entries.values());
        applyUntilThrough(tier, batch);
        batch.forEach(e -> acknowledged.merge(e.id(), e.version(), Math::max));
        commits.incrementAndGet();
      }
    }

    private void applyUntilThrough(JdbcTier tier, List<Entry> batch) {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (true) {
        try {
          tier.apply(batch);
          return;
        } catch (TierUnavailableException e) {
          db.requireNoSecret(e);
          if (System.nanoTime() - end >= 0) {
            throw e;
          }
        }
      }
    }

    private void awaitCommits(int count, CompletableFuture<Void> writer) {
      Await.until(
          Duration.ofSeconds(60),
          () -> "commits after a restart",
          () -> {
            assertThat(writer).as("the writer").isNotDone();
            return commits.get() >= count;
          });
    }

    @Test
    void callsToAServerThatIsStoppedEndInTimeAndGoOnAfterwards() {
      JdbcTier tier = db.open(db.config.withRequestTimeout(Duration.ofMillis(800)));
      tier.apply(List.of(value("a", 1, "x")));
      tier.load(List.of("a"));
      tier.poll(1, 1);
      db.database.pause();

      assertUnavailableInTime(() -> tier.load(List.of("a")));
      assertUnavailableInTime(() -> tier.poll(1, 10));
      assertUnavailableInTime(() -> tier.apply(List.of(value("a", 2, "y"))));
      db.database.resume();

      applyUntilThrough(tier, List.of(value("a", 3, "z")));
      assertThat(tier.load(List.of("a")).found().get("a").version()).isEqualTo(3);
    }

    private static void assertUnavailableInTime(Runnable call) {
      long began = System.nanoTime();
      assertThatThrownBy(call::run).isInstanceOf(TierUnavailableException.class);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
    }
  }
}
