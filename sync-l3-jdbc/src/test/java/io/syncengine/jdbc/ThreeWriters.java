// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.model.Revision;
import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.Before;
import io.syncengine.spi.Entry;
import io.syncengine.spi.ItemOutcome;
import io.syncengine.testkit.Entries;
import io.syncengine.testkit.Seeds;
import io.syncengine.testkit.TestTierConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Two tiers in this process and one in another write the same ids of one database. Afterwards each
 * id has its highest revision, and the change log tells exactly how it came there.
 */
final class ThreeWriters {
  private static final int BATCHES = 200;
  private static final int IDS = 150;
  private static final Duration LIFE = Duration.ofMinutes(4);

  private final TestTierConfig config;
  private final Path folder;

  /** Writers of the database that the configuration's URL names. */
  ThreeWriters(TestTierConfig config, Path folder) {
    this.config = config;
    this.folder = folder;
  }

  void loseNothing() throws Exception {
    long seed = Seeds.of("threeWritersOfTheSameIdsLoseNothing", 1).findFirst().orElseThrow();
    try (JavaChild child =
        JavaChild.start(
            folder,
            "writer",
            LIFE,
            List.of("-Xmx256m"),
            ThreeWriters.class,
            config.url(),
            Long.toString(seed + 2))) {
      // The child says when it is open, so that all three are at work together.
      String hello = child.line();
      // Not the common pool, which may have one thread.
      Executor ownThread = work -> new Thread(work).start();
      CompletableFuture<Integer> one =
          CompletableFuture.supplyAsync(() -> write(config, seed), ownThread);
      CompletableFuture<Integer> two =
          CompletableFuture.supplyAsync(() -> write(config, seed + 1), ownThread);

      int created = one.get(2, TimeUnit.MINUTES) + two.get(2, TimeUnit.MINUTES);
      created += Integer.parseInt(child.line());
      assertThat(child.end()).as(child::errors).isZero();
      assertThat(hello).isEqualTo("open");
      check(seed, created);
    }
  }

  private void check(long seed, int created) {
    Map<String, Revision> highest = new HashMap<>();
    for (long s = seed; s < seed + 3; s++) {
      batches(s)
          .forEach(b -> b.forEach(e -> highest.merge(e.id(), e.revision(), ThreeWriters::max)));
    }
    JdbcTier tier = open(config);
    Map<String, Entry> found = tier.load(highest.keySet()).found();
    assertThat(created).as("ids that somebody saw absent").isEqualTo(highest.size());
    assertThat(found).hasSameSizeAs(highest);
    found.forEach((id, e) -> assertThat(e.revision()).isEqualTo(highest.get(id)));
    new ChangeHistory(tier).check();
    tier.close();
  }

  private static Revision max(Revision a, Revision b) {
    return a.isAbove(b) ? a : b;
  }

  /** Writes the batches of a seed; returns how many ids it saw absent. No failure is allowed. */
  private static int write(TestTierConfig config, long seed) {
    return write(open(config.withInstanceId("writer-" + seed)), seed);
  }

  private static int write(JdbcTier tier, long seed) {
    int created = 0;
    for (List<Entry> batch : batches(seed)) {
      ApplyResult result = tier.apply(batch);
      for (ItemOutcome o : result.outcomes()) {
        boolean applied = o.kind() == ItemOutcome.Kind.APPLIED;
        created += applied && o.before().state() == Before.State.ABSENT ? 1 : 0;
      }
    }
    tier.close();
    return created;
  }

  private static List<List<Entry>> batches(long seed) {
    Random random = new Random(seed);
    List<List<Entry>> batches = new ArrayList<>();
    for (int i = 0; i < BATCHES; i++) {
      Map<String, Entry> batch = new TreeMap<>();
      for (int j = 0; j <= random.nextInt(50); j++) {
        String id = "id" + random.nextInt(IDS);
        long version = 1 + random.nextInt(2_000);
        batch.put(
            id,
            random.nextInt(4) == 0
                ? Entries.tombstone(id, version)
                : Entries.value(id, version, seed + "/" + i));
      }
      batches.add(Entries.batch(batch.values()));
    }
    return batches;
  }

  private static JdbcTier open(TestTierConfig with) {
    JdbcTier tier = new JdbcTier();
    tier.open(with);
    return tier;
  }

  /** The other process. */
  public static void main(String[] args) {
    JdbcTier tier = open(TestTierConfig.defaults().withUrl(args[0]).withInstanceId("child"));
    System.out.println("open");
    System.out.println(write(tier, Long.parseLong(args[1])));
  }
}
