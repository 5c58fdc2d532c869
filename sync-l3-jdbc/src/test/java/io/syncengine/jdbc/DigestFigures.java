// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import static io.syncengine.jdbc.Figures.BATCH;
import static io.syncengine.jdbc.Figures.median;
import static io.syncengine.jdbc.Figures.say;
import static io.syncengine.jdbc.Figures.seconds;

import io.syncengine.spi.Digests;
import io.syncengine.spi.Entry;
import io.syncengine.spi.Header;
import io.syncengine.spi.IdRange;
import io.syncengine.testkit.servers.SqlServerExtension;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What digests cost, not part of the build: {@code mvn test -pl sync-l3-jdbc -am
 * -Dtest='DigestFigures*' -Dsurefire.failIfNoSpecifiedTests=false}, with {@code
 * -Djunit.jupiter.execution.parallel.enabled=false}. Flush of new items with folds every {@value
 * #FOLD_EVERY} commits on another thread, beside the same without, in turns; flush with and without
 * buckets in the index of tombstones; then reads at {@value #ITEMS} items.
 */
class DigestFigures {
  private static final int ITEMS = 1_000_000;
  private static final int FOLD_EVERY = 250;
  private static final int ROUNDS = 4;
  private static final int INDEX_ROUNDS = 9;
  private static final int INDEX_BATCHES = 15;

  @Nested
  class OnSqlite implements Clauses {
    @TempDir Path folder;

    @Override
    public JdbcFixture db() {
      return new SqliteFixture(folder);
    }
  }

  @Nested
  class OnMySql extends Server {
    OnMySql() {
      super(SqlServerExtension.mysql());
    }
  }

  @Nested
  class OnMariaDb extends Server {
    OnMariaDb() {
      super(SqlServerExtension.mariadb());
    }
  }

  abstract static class Server extends ServerClauses implements Clauses {
    Server(SqlServerExtension server) {
      super(server);
    }

    @Override
    public JdbcFixture db() {
      return db;
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 1_000})
    void flushWithAndWithoutBucketsInTheIndex(int bytes) throws SQLException {
      JdbcTier without = db.open(db.config.withNamespace("without"));
      db.sql("ALTER TABLE without_items DROP KEY buckets, ADD KEY tombstones (dead_since)");
      JdbcTier with = db.open(db.config.withNamespace("with"));
      Figures figures = new Figures(Integer.MAX_VALUE);
      List<Double> ratios = new ArrayList<>();
      int first = 0;
      for (int round = 0; round < INDEX_ROUNDS; round++) {
        double[] time = new double[2];
        // Turns of one batch, since what a server writes behind a longer one falls on the next.
        for (List<Entry> batch : figures.batches(INDEX_BATCHES, bytes)) {
          for (int turn = 0; turn < 2; turn++) {
            int who = (first + turn) % 2;
            time[who] += seconds(() -> (who == 0 ? without : with).apply(batch));
          }
          first++;
        }
        ratios.add(time[0] / time[1]);
        say(
            "flush %d B: %.2f s, with the wider index %.2f s, %.2f x",
            bytes, time[0], time[1], ratios.get(round));
      }
      say(
          "%s, %d B: flush with the wider index, median of %d rounds %.2f x without",
          db.database.product(), bytes, INDEX_ROUNDS, median(ratios));
    }
  }

  interface Clauses {
    JdbcFixture db();

    @ParameterizedTest
    @ValueSource(ints = {100, 1_000})
    default void flushWithAndWithoutUpkeep(int bytes) throws SQLException {
      JdbcTier plain = db().open(db().config.withNamespace("plain"));
      JdbcTier kept = db().open(db().config.withNamespace("kept"));
      Figures figures = new Figures(Integer.MAX_VALUE);
      List<Double> ratios = new ArrayList<>();
      for (int round = 0; round < ROUNDS; round++) {
        List<List<Entry>> batches = figures.batches(FOLD_EVERY / 2, bytes);
        double without = seconds(() -> batches.forEach(plain::apply));
        // The fold that is due lasts into the flush that follows, as in an engine.
        boolean due = round % 2 == 1;
        double with =
            seconds(
                () -> {
                  CompletableFuture<Long> fold =
                      due
                          ? CompletableFuture.supplyAsync(kept::fold)
                          : CompletableFuture.completedFuture(0L);
                  batches.forEach(kept::apply);
                  fold.join();
                });
        int items = FOLD_EVERY / 2 * BATCH;
        say("flush %d B: %.0f/s, with upkeep %.0f/s", bytes, items / without, items / with);
        if (due) {
          ratios.add(without / with);
        }
      }
      double alone = seconds(kept::fold);
      say(
          "%s, %d B: rounds of %d commits with a fold of as many, median %.2f x without; the last"
              + " fold alone %.2f s",
          getClass().getSimpleName(), bytes, FOLD_EVERY / 2, median(ratios), alone);
      plain.close();
      kept.close();
    }

    @Test
    default void readsOfAMillionItems() throws SQLException {
      JdbcTier tier = db().open(db().config.withRequestTimeout(Duration.ofMinutes(2)));
      Figures figures = new Figures(Integer.MAX_VALUE);
      for (int i = 0; i < ITEMS / BATCH / 50; i++) {
        figures.batches(50, 100).forEach(tier::apply);
      }
      say("folding all: %.2f s", seconds(tier::fold));
      figures.batches(100, 100).forEach(tier::apply);
      List<Integer> some = IntStream.range(0, 10).map(i -> i * 6_000).boxed().toList();
      List<Integer> all = IntStream.range(0, Digests.nodes(4)).boxed().toList();
      for (int round = 0; round < 3; round++) {
        double root = seconds(() -> tier.digests(0, List.of(0)));
        double fold = seconds(tier::fold);
        double level1 = seconds(() -> tier.digests(1, List.of(0, 1, 2)));
        double leaves = seconds(() -> tier.digests(4, some));
        double allLeaves = seconds(() -> tier.digests(4, all));
        double buckets = seconds(() -> tier.buckets(some));
        say(
            "%s: root %.1f ms, fold %.1f ms, level 1 %.1f ms, 10 buckets' digests %.1f ms, all"
                + " digests %.1f ms, headers of 10 buckets %.1f ms",
            getClass().getSimpleName(),
            root * 1e3,
            fold * 1e3,
            level1 * 1e3,
            leaves * 1e3,
            allLeaves * 1e3,
            buckets * 1e3);
      }
      double walk = seconds(() -> walk(tier));
      say("%s: %.0f headers/s", getClass().getSimpleName(), ITEMS / walk);
      tier.close();
    }

    private static void walk(JdbcTier tier) {
      String after = null;
      List<Header> page;
      do {
        page = tier.headers(IdRange.ALL, after, 5_000).headers();
        after = page.isEmpty() ? after : page.get(page.size() - 1).id();
      } while (!page.isEmpty());
    }
  }
}
