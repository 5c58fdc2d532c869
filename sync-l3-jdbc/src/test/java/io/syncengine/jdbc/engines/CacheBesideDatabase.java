// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc.engines;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.jdbc.JdbcTier;
import io.syncengine.redis.RedisTierProvider;
import io.syncengine.spi.Cache;
import io.syncengine.spi.CacheSpace;
import io.syncengine.spi.CacheState;
import io.syncengine.spi.ChangePage;
import io.syncengine.spi.Entry;
import io.syncengine.spi.Tier;
import io.syncengine.spi.TierRole;
import io.syncengine.testkit.TestTierConfig;
import java.util.Map;
import java.util.Optional;

/** What the Redis before a database holds, without an engine. */
final class CacheBesideDatabase implements AutoCloseable {
  private final JdbcTier database;
  private final Tier redis = new RedisTierProvider().create();
  private final Cache cache = (Cache) redis;

  /** Over a database that is open. */
  CacheBesideDatabase(JdbcTier database, TestTierConfig redisConfig) {
    this.database = database;
    redis.open(redisConfig.withTierName("L2").withRole(TierRole.CACHE).withClient("jedis"));
  }

  private CacheSpace space() {
    ChangePage page = database.poll(1, 0);
    return new CacheSpace(page.databaseId(), page.generation());
  }

  /** How many rows of the change log the cache does not say it reflects; -1 if it says nothing. */
  long lag() {
    Optional<CacheState> state = cache.state(space());
    return state
        .map(
            known ->
                database.poll(known.base() + 1, Integer.MAX_VALUE).rows().stream()
                    .filter(row -> row.sequence() > known.position(row.origin()))
                    .count())
        .orElse(-1L);
  }

  /** Checks that each id is held as the database has it or not at all; returns how many are. */
  int check(Map<String, Entry> stored) {
    assertThat(lag()).as("rows that the cache does not reflect").isZero();
    Map<String, Entry> held = cache.get(space(), stored.keySet());
    held.forEach(
        (id, entry) -> {
          assertThat(entry.revision()).as(id).isEqualTo(stored.get(id).revision());
          assertThat(entry.tombstone() ? null : entry.toItem())
              .as(id)
              .isEqualTo(entry.tombstone() ? null : stored.get(id).toItem());
        });
    return held.size();
  }

  @Override
  public void close() {
    redis.close();
  }
}
