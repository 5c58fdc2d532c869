// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.redis.RedisTierProvider;
import io.syncengine.spi.Entry;
import io.syncengine.spi.InMemoryTier;
import io.syncengine.spi.Tier;
import io.syncengine.testkit.Entries;
import io.syncengine.testkit.Seeds;
import io.syncengine.testkit.TestTierConfig;
import io.syncengine.testkit.servers.RedisServerExtension;
import io.syncengine.testkit.servers.SqlServerExtension;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * P10: the digest of the ground truth is a pure function of its live items. {@code -Dsync.seeds=50}
 * runs so many histories, {@code -Dsync.seed=N} that one.
 */
class P10DigestTest {
  @RegisterExtension final SqlServerExtension mysql = SqlServerExtension.mysql();
  @RegisterExtension final SqlServerExtension mariadb = SqlServerExtension.mariadb();
  @RegisterExtension final RedisServerExtension redis = RedisServerExtension.standalone();

  @TempDir Path folder;

  /** Memory, SQLite, MySQL, MariaDB, and Redis, which keeps no digests but tells its headers. */
  private List<DigestStore> stores(long seed) {
    redis.keyspace().wipe();
    String prefix = redis.keyspace().prefix();
    TestTierConfig ofRedis =
        config(redis.keyspace().url(), seed)
            .withClient("jedis")
            .withNamespace(prefix.substring(0, prefix.length() - 1));
    return Stream.concat(
            local(seed).stream(),
            Stream.of(
                new DigestStore("MySQL", true, JdbcTier::new, config(mysql.database().url(), seed)),
                new DigestStore(
                    "MariaDB", true, JdbcTier::new, config(mariadb.database().url(), seed)),
                new DigestStore("Redis", false, new RedisTierProvider()::create, ofRedis)))
        .toList();
  }

  private List<DigestStore> local(long seed) {
    Tier memory = new InMemoryTier();
    return List.of(
        new DigestStore("memory", false, () -> memory, config(null, seed)),
        new DigestStore(
            "SQLite", true, JdbcTier::new, config("sqlite:" + folder.resolve("l3"), seed)));
  }

  private static TestTierConfig config(String url, long seed) {
    return TestTierConfig.defaults().withUrl(url).withNamespace("s" + seed);
  }

  /** Any order, batch split, driver, dialect, two writers at once, crashes anywhere. */
  @Test
  void equalSetsHaveEqualDigestsWhateverMadeThem() {
    Seeds.forEach("P10DigestTest", 2, seed -> make(stores(seed), seed, true));
  }

  private static List<DigestStore> make(List<DigestStore> stores, long seed, boolean fenced) {
    DigestHistory history = new DigestHistory(seed);
    byte[] buckets = history.buckets();
    Random random = new Random(~seed);
    for (DigestStore store : stores) {
      try {
        store.make(history, random, fenced);
      } catch (Exception e) {
        throw new AssertionError(store.name(), e);
      }
      store.assertDigests(buckets);
    }
    return stores;
  }

  /** One byte, one version, one delete: seen at once, and gone when the others have it too. */
  @Test
  void oneDifferenceChangesTheRootAndEqualSetsHaveThatRootAgain() {
    Seeds.forEach("P10DigestTest", 1, this::differences);
  }

  private void differences(long seed) {
    List<DigestStore> stores = make(stores(seed), seed, true);
    List<String> roots = new ArrayList<>(List.of(sameRoot(stores, null)));
    for (Entry difference : differences(new DigestHistory(seed).live())) {
      DigestStore one = stores.get(roots.size() % stores.size());
      assertThat(one.rootWith(difference)).isNotIn(roots);
      roots.add(sameRoot(stores, difference));
      assertThat(roots).doesNotHaveDuplicates();
    }
    assertThat(sameRoot(stores, Entries.value("one more", 1, "x"))).isNotIn(roots);
    assertThat(sameRoot(stores, Entries.tombstone("one more", 2)))
        .isEqualTo(roots.get(roots.size() - 1));
  }

  /** The root of all after they have written the same. */
  private static String sameRoot(List<DigestStore> stores, Entry written) {
    List<String> roots = stores.stream().map(s -> s.rootWith(written)).distinct().toList();
    assertThat(roots).as("roots of equal sets").hasSize(1);
    return roots.get(0);
  }

  /** One step after the other, each the least that there is. */
  private static List<Entry> differences(Entry live) {
    byte[] content = live.toItem().content();
    Entry version = Entries.value(live.id(), live.version() + 1, content);
    byte[] changed = content.clone();
    changed[0] ^= 1;
    Entry both = Entries.value(live.id(), live.version() + 2, changed);
    Entry contentAlone = both;
    while (!contentAlone.revision().isAbove(both.revision())) {
      changed[0]++;
      contentAlone = Entries.value(live.id(), both.version(), changed);
    }
    return List.of(version, both, contentAlone, Entries.tombstone(live.id(), both.version()));
  }

  /** Whoever lets the later write win ends where the order leads. */
  @Test
  void failsWithoutTheFence() {
    long seed = Seeds.of("failsWithoutTheFence", 1).findFirst().orElseThrow();
    for (DigestStore store : local(seed)) {
      assertThatThrownBy(() -> make(List.of(store), seed, false))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("headers of " + store.name());
    }
  }
}
