// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc.histories;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.jdbc.Await;
import io.syncengine.jdbc.JdbcTier;
import io.syncengine.jdbc.JdbcTierProvider;
import io.syncengine.jdbc.histories.Violation.Promise;
import io.syncengine.model.Revision;
import io.syncengine.model.Source;
import io.syncengine.spi.Entry;
import io.syncengine.spi.FailPoint;
import io.syncengine.testkit.Seeds;
import io.syncengine.testkit.TestTierConfig;
import io.syncengine.testkit.servers.RedisServerExtension;
import io.syncengine.testkit.servers.SqlServerExtension;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two and three processes play on the same ids, on one MySQL and one Redis, while they are cut off
 * from these one by one, Redis loses everything, and they are killed. All that they were asked and
 * answered is held against the promises. {@code -Dsync.seeds=200} runs so many histories, and
 * measures how long commits take to be seen elsewhere.
 */
class HistoriesIT {
  private static final Duration BOUND = Duration.ofMillis(400);
  private static final int CALLS = 10_000;
  private static final int COMMITS = 1_000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** All that is late is so in less than a second, for many faults in little time. */
  private static final List<String> OPTIONS =
      List.of(
          "staleness_bound_ms=" + BOUND.toMillis(),
          "tier_timeout_ms=" + BOUND.toMillis(),
          "change_poll_ms=50",
          "l2_timeout_ms=200",
          "ack_timeout_ms=500",
          "query_tries=1",
          "batch_flush_ms=5",
          "retry_max_ms=100",
          "breaker_open_ms=100",
          "filter_snapshot_ms=50",
          "filter_snapshot_changes=100");

  @RegisterExtension final SqlServerExtension mysql = SqlServerExtension.mysql();

  /** Keeps nothing on disk. */
  @RegisterExtension
  final RedisServerExtension redis =
      RedisServerExtension.standalone().withOptions("--appendonly", "no");

  @TempDir Path folder;

  private final Map<FleetFault, Integer> faults = new EnumMap<>(FleetFault.class);
  private long calls;
  private long answers;
  private long byFilters;
  private long byFiltersAgain;
  private long unavailable;
  private long fresh;
  private int runs;
  private int withTwo;
  private int foundAtBoundZero;
  private final Map<Promise, Integer> atBoundZero = new EnumMap<>(Promise.class);

  private Fleet fleet(int size, String name, List<String> options) throws IOException {
    Path own = folder.resolve(name);
    own.toFile().mkdir();
    return new Fleet(size, own, mysql.database(), redis.keyspace(), options);
  }

  @Test
  void severalProcessesKeepThePromises() throws Exception {
    long[] seeds = Seeds.of("severalProcessesKeepThePromises", 2).toArray();
    for (int size = 2; size <= 3; size++) {
      long rest = size % 2;
      long[] mine = LongStream.of(seeds).filter(seed -> seed % 2 == rest).toArray();
      if (mine.length > 0) {
        play(size, mine);
      }
    }
    System.out.printf(
        "%d histories, %d of them of two processes: %d calls, %d answers, %d of them by filters (%d"
            + " after a restart), %d of them that a tier cannot be asked, %d of them fresh; faults"
            + " %s; a checker with a bound of 0 finds in %d of them %s%n",
        runs,
        withTwo,
        calls,
        answers,
        byFilters,
        byFiltersAgain,
        unavailable,
        fresh,
        faults,
        foundAtBoundZero,
        atBoundZero);
    assertThat(byFiltersAgain).isPositive();
    assertThat(atBoundZero).as("what a checker with a bound of 0 finds").containsKey(Promise.P5);
  }

  private void play(int size, long[] seeds) throws Exception {
    try (Fleet fleet = fleet(size, "fleet" + size, OPTIONS)) {
      fleet.start(History.NONE);
      try (JdbcTier database = database()) {
        for (long seed : seeds) {
          play(fleet, seed, database);
          withTwo += size == 2 ? 1 : 0;
        }
      }
    }
  }

  private void play(Fleet fleet, long seed, JdbcTier database) throws Exception {
    try {
      fleet.play("s" + seed + ".", seed);
      befall(fleet, seed);
      awaitCalls(fleet);
      check(end(fleet, "s" + seed + ".", database));
    } catch (IOException | RuntimeException | AssertionError e) {
      throw new AssertionError("replay: -D" + Seeds.SEED + "=" + seed + "\n" + e, e);
    }
  }

  private void befall(Fleet fleet, long seed) throws Exception {
    Random random = new Random(seed);
    for (FleetFault fault : course(random)) {
      FleetFault.pass(Duration.ofMillis(random.nextInt(200)));
      Fleet.Instance one = fleet.instances().get(random.nextInt(fleet.instances().size()));
      fault.strike(one, redis.keyspace(), random);
      one.heal();
      faults.merge(fault, 1, Integer::sum);
    }
  }

  private void check(History history) {
    List<Violation> zero = new HistoryChecker(Duration.ZERO).check(history);
    zero.forEach(violation -> atBoundZero.merge(violation.promise(), 1, Integer::sum));
    foundAtBoundZero += zero.isEmpty() ? 0 : 1;
    count(history);
    List<Violation> broken = new HistoryChecker(BOUND).check(history);
    assertThat(broken).as(() -> history.of(broken.get(0).id())).isEmpty();
  }

  private static List<FleetFault> course(Random random) {
    List<FleetFault> kills =
        List.of(FleetFault.KILL, FleetFault.KILL_AND_REBUILD, FleetFault.KILL_AND_CUT);
    List<FleetFault> course =
        new ArrayList<>(
            List.of(
                FleetFault.DATABASE_CUT,
                FleetFault.REDIS_CUT,
                FleetFault.BOTH_CUT,
                FleetFault.REDIS_EMPTY,
                kills.get(random.nextInt(kills.size()))));
    Collections.shuffle(course, random);
    return course;
  }

  private static void awaitCalls(Fleet fleet) throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (fleet.history().calls() < CALLS) {
      assertThat(System.nanoTime() - end).isNegative();
      FleetFault.pass(Duration.ofMillis(100));
    }
  }

  /** Nobody plays any more, nothing is lost, and all know the same. */
  private History end(Fleet fleet, String prefix, JdbcTier database) throws IOException {
    fleet.stop();
    long stopped = System.nanoTime();
    fleet.settle(database.poll(1, 0).head());
    History history = fleet.history();
    Map<String, Revision> truth = new HashMap<>();
    Map<String, Entry> found = database.load(Player.ids(prefix)).found();
    found.forEach((id, entry) -> truth.put(id, entry.revision()));
    assertThat(HistoryChecker.checkEnd(history, truth, fleet.killed())).isEmpty();
    assertThat(history.reads())
        .filteredOn(read -> read.begin() > stopped)
        .hasSize(fleet.instances().size() * Player.ids(prefix).size())
        .allMatch(read -> isRight(read, truth.get(read.id())));
    return history;
  }

  private static boolean isRight(Read read, Revision there) {
    boolean absent = there == null || there.tombstone();
    return read.answer() == (absent ? Read.Answer.ABSENT : Read.Answer.PRESENT)
        && (read.revision() == null || read.revision().equals(there));
  }

  private void count(History history) {
    runs++;
    calls += history.calls();
    answers += history.reads().size();
    for (Read read : history.reads()) {
      boolean byFilter = read.source() == Source.FILTER;
      byFilters += byFilter ? 1 : 0;
      byFiltersAgain += byFilter && read.by().number() > 0 ? 1 : 0;
      unavailable += read.answer() == Read.Answer.UNAVAILABLE ? 1 : 0;
      fresh += read.fresh() ? 1 : 0;
    }
  }

  @Test
  void anInstanceWhoseFilterIsNotFedIsFound() throws Exception {
    try (Fleet fleet = fleet(2, "unfed", OPTIONS)) {
      fleet.start(FailPoint.FILTER_FEED.name());
      fleet.play("unfed.", 1);
      Await.until(
          PATIENCE,
          () -> "nothing is found",
          () ->
              new HistoryChecker(BOUND)
                  .check(history(fleet)).stream()
                      .anyMatch(violation -> violation.promise() == Promise.P11));
    }
  }

  private static History history(Fleet fleet) {
    try {
      return fleet.history();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @EnabledIfSystemProperty(named = Seeds.COUNT, matches = "[0-9]+")
  void commitsAreSeenElsewhere() throws Exception {
    for (int size = 2; size <= 3; size++) {
      List<Double> woken = propagation(size, "woken" + size);
      List<Double> polled = polled(size);
      say(size + " processes, woken", woken);
      say(size + " processes, by polls alone", polled);
    }
  }

  private List<Double> polled(int size) throws IOException {
    redis
        .keyspace()
        .nodes()
        .get(0)
        .command("ACL", "SETUSER", redis.keyspace().user(), "resetchannels");
    try {
      return propagation(size, "polled" + size);
    } finally {
      redis
          .keyspace()
          .nodes()
          .get(0)
          .command(
              "ACL", "SETUSER", redis.keyspace().user(), "&" + redis.keyspace().prefix() + "*");
    }
  }

  private List<Double> propagation(int size, String name) throws IOException {
    try (Fleet fleet = fleet(size, name, List.of("batch_flush_ms=5"))) {
      fleet.start(History.NONE);
      return fleet.propagation(name, COMMITS);
    }
  }

  private static void say(String what, List<Double> millis) {
    Collections.sort(millis);
    System.out.printf(
        Locale.ROOT,
        "%s: %d times until a commit was seen: median %.1f, p90 %.1f, p99 %.1f, max %.1f ms%n",
        what,
        millis.size(),
        quantile(millis, 0.5),
        quantile(millis, 0.9),
        quantile(millis, 0.99),
        millis.get(millis.size() - 1));
  }

  private static double quantile(List<Double> sorted, double share) {
    return sorted.get((int) Math.ceil(share * sorted.size()) - 1);
  }

  private JdbcTier database() {
    JdbcTier tier = (JdbcTier) new JdbcTierProvider().create();
    String prefix = redis.keyspace().prefix();
    tier.open(
        TestTierConfig.defaults()
            .withUrl(mysql.database().url())
            .withNamespace(prefix.substring(0, prefix.length() - 1))
            .withReadOnly(true)
            .withRequestTimeout(PATIENCE));
    return tier;
  }
}
