// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.model.Revision;
import io.syncengine.spi.CacheSpace;
import io.syncengine.spi.CacheWrite;
import io.syncengine.spi.Entry;
import io.syncengine.spi.TierRole;
import io.syncengine.testkit.Entries;
import io.syncengine.testkit.servers.RedisNode;
import io.syncengine.testkit.servers.RedisServerExtension;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A Redis that drops what it likes, since it is small: items, lanes, the state. */
class RedisCacheEvictionTest {
  private static final int IDS = 2_000;
  private static final int STEPS = 1_500;
  private static final int MOST_AT_ONCE = 40;
  private static final int CONTENT = 2_000;

  @RegisterExtension
  final RedisServerExtension server =
      RedisServerExtension.standalone().withOptions("--maxmemory-samples", "3");

  private final Map<String, Entry> truth = new HashMap<>();
  private final Map<String, Revision> told = new HashMap<>();
  private final List<CacheWrite> late = new ArrayList<>();
  private long head;
  private long generation;
  private int hits;

  @ParameterizedTest
  @CsvSource({
    "lettuce,allkeys-lru,1",
    "lettuce,allkeys-random,2",
    "jedis,volatile-ttl,3",
    "jedis,noeviction,4"
  })
  void nothingGoesBack(String client, String policy, long seed) {
    RedisNode node = server.keyspace().nodes().get(0);
    node.command("CONFIG", "SET", "maxmemory-policy", policy);
    node.command("CONFIG", "SET", "maxmemory", Long.toString(used(node) + (1 << 20)));
    RedisTier cache = new RedisTier();
    cache.open(RedisFixture.config(server.keyspace()).withClient(client).withRole(TierRole.CACHE));
    try {
      work(cache, new Random(seed));
    } finally {
      cache.close();
      node.command("CONFIG", "SET", "maxmemory", "0");
      node.command("CONFIG", "SET", "maxmemory-policy", "noeviction");
    }
    assertThat(hits).as("seed %s: ids that were held", seed).isPositive();
    if (!policy.equals("noeviction")) {
      assertThat(statistic(node, "evicted_keys")).isGreaterThan(100);
    }
  }

  private void work(RedisTier cache, Random random) {
    CacheSpace space = begin(cache);
    for (int step = 0; step < STEPS; step++) {
      if (step % 50 == 0 && cache.state(space).isEmpty()) {
        space = begin(cache);
      }
      switch (random.nextInt(4)) {
        case 0 -> tell(cache, space, commit(random));
        case 1 -> tell(cache, space, fills(random));
        case 2 -> tell(cache, space, List.copyOf(late.subList(0, Math.min(1, late.size()))));
        default -> read(cache, space, random);
      }
    }
  }

  private CacheSpace begin(RedisTier cache) {
    CacheSpace space = new CacheSpace("evicting", ++generation);
    told.clear();
    late.clear();
    assertThat(cache.begin(space, head, head)).isTrue();
    return space;
  }

  /** What was committed; half of it is told as values. */
  private List<CacheWrite> commit(Random random) {
    head++;
    List<CacheWrite> writes = new ArrayList<>();
    for (String id : ids(random)) {
      byte[] content = new byte[CONTENT];
      random.nextBytes(content);
      Entry entry = Entries.value(id, head, content).toBuilder().sequence(head).build();
      truth.put(id, entry);
      writes.add(
          random.nextBoolean()
              ? CacheWrite.put(entry, head)
              : CacheWrite.drop(id, entry.revision(), head));
    }
    return writes;
  }

  /** What was read; some of it comes late. */
  private List<CacheWrite> fills(Random random) {
    List<CacheWrite> writes = new ArrayList<>();
    for (String id : ids(random)) {
      Entry entry = truth.get(id);
      if (entry != null) {
        writes.add(CacheWrite.put(entry, head));
      }
    }
    if (random.nextInt(3) == 0) {
      late.addAll(writes);
      return List.of();
    }
    return writes;
  }

  private List<String> ids(Random random) {
    return random
        .ints(1 + random.nextInt(MOST_AT_ONCE), 0, IDS)
        .distinct()
        .mapToObj(i -> "id" + i)
        .toList();
  }

  private void tell(RedisTier cache, CacheSpace space, List<CacheWrite> writes) {
    cache.put(space, writes, () -> head);
    late.removeAll(writes);
    for (CacheWrite write : writes) {
      told.merge(write.id(), write.revision(), (a, b) -> a.isAbove(b) ? a : b);
    }
  }

  private void read(RedisTier cache, CacheSpace space, Random random) {
    List<String> ids = ids(random);
    Map<String, Entry> found = cache.get(space, ids);
    hits += found.size();
    found.forEach(
        (id, entry) -> {
          Revision floor = Optional.ofNullable(told.get(id)).orElse(entry.revision());
          assertThat(floor.isAbove(entry.revision())).as("%s went back", id).isFalse();
        });
  }

  private static long used(RedisNode node) {
    return statistic(node, "used_memory");
  }

  private static long statistic(RedisNode node, String name) {
    return node.command("INFO")
        .get(0)
        .lines()
        .filter(line -> line.startsWith(name + ":"))
        .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1).trim()))
        .findFirst()
        .orElseThrow();
  }
}
