// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.partitioningBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.CacheOutcome;
import io.syncengine.spi.CachePage;
import io.syncengine.spi.CacheSpace;
import io.syncengine.spi.CacheWrite;
import io.syncengine.spi.Entry;
import io.syncengine.spi.TierRole;
import io.syncengine.testkit.Entries;
import io.syncengine.testkit.TestTierConfig;
import io.syncengine.testkit.servers.RedisKeyspace;
import io.syncengine.testkit.servers.RedisNode;
import io.syncengine.testkit.servers.RedisServerExtension;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A cache in a Cluster whose slots move, and whose nodes come and go. */
class ClusterCacheTest {
  private static final CacheSpace SPACE = new CacheSpace("database", 1);
  private static final CacheSpace NEXT = new CacheSpace("database", 2);
  private static final List<String> IDS = IntStream.range(0, 200).mapToObj(i -> "id." + i).toList();
  private static final int MOVES = 60;

  @RegisterExtension final RedisServerExtension server = RedisFixture.cluster();

  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
  }

  /** A call may fail meanwhile; what is read is never older than what was told before. */
  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void whileSlotsMoveNothingOldIsShown(String client) throws Exception {
    RedisTier tier = open(client);
    assertThat(tier.begin(SPACE, 0, 0)).isTrue();
    AtomicLong told = new AtomicLong();
    AtomicBoolean stop = new AtomicBoolean();
    ExecutorService pool = Executors.newFixedThreadPool(2);
    opened.add(pool::shutdownNow);
    Future<?> writer = pool.submit(() -> write(tier, told, stop));
    Future<Long> reader = pool.submit(() -> read(tier, told, stop));
    try {
      for (int i = 0; i < MOVES; i++) {
        Reshard.begin(server.keyspace(), slotOf(IDS.get(i))).end();
      }
    } finally {
      stop.set(true);
    }
    writer.get();
    assertThat(told.get()).isPositive();
    assertThat(reader.get()).isPositive();

    long last = told.get() + 100;
    assertThat(tier.put(SPACE, writes(last), () -> last)).containsOnly(CacheOutcome.STORED);
    assertThat(tier.get(SPACE, IDS).values()).extracting(Entry::version).containsOnly(last);
  }

  private static void write(RedisTier tier, AtomicLong told, AtomicBoolean stop) {
    for (long version = 1; !stop.get(); version++) {
      long sequence = version;
      try {
        tier.put(SPACE, writes(version), () -> sequence);
        told.set(version);
      } catch (TierUnavailableException e) {
        // The slot is on its way: what was missed is told again by the next.
      }
    }
  }

  /** How often something was found. */
  private static long read(RedisTier tier, AtomicLong told, AtomicBoolean stop) {
    long found = 0;
    while (!stop.get()) {
      long floor = told.get();
      try {
        for (Entry entry : tier.get(SPACE, IDS).values()) {
          assertThat(entry.version()).isGreaterThanOrEqualTo(floor);
          found++;
        }
      } catch (TierUnavailableException e) {
        // Its caller asks the ground truth.
      }
    }
    return found;
  }

  /** A scan that ends has seen all, wherever slots went meanwhile. */
  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void whileSlotsMoveAScanLeavesNothingOut(String client) throws Exception {
    RedisTier tier = open(client);
    tier.begin(SPACE, 0, 0);
    tier.put(SPACE, writes(1), () -> 0);
    AtomicBoolean stop = new AtomicBoolean();
    ExecutorService pool = Executors.newFixedThreadPool(1);
    opened.add(pool::shutdownNow);
    Future<Integer> scanner =
        pool.submit(
            () -> {
              int scans = 0;
              do {
                assertThat(scanned(tier, new HashSet<>(), null)).containsAll(IDS);
                scans++;
              } while (!stop.get());
              return scans;
            });
    try {
      for (int i = 0; i < MOVES; i++) {
        Reshard.begin(server.keyspace(), slotOf(IDS.get(i))).end();
      }
    } finally {
      stop.set(true);
    }
    assertThat(scanner.get()).isPositive();
  }

  /** To a node that was read before, and so would be at neither. */
  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void whatMovesBehindAScanIsReadWhereItWent(String client) {
    RedisTier tier = open(client);
    tier.begin(SPACE, 0, 0);
    tier.put(SPACE, writes(1), () -> 0);
    Set<String> found = new HashSet<>();
    String next = null;
    do {
      next = page(tier, found, next);
    } while (ScanCursor.of(next).done().signum() == 0);
    BigInteger done = ScanCursor.of(next).done();
    List<RedisNode> nodes = server.keyspace().nodes();
    int[] owners = Reshard.owners(server.keyspace());
    int first = owners[slotOf(IDS, id -> done.testBit(CacheKeys.lane(id)))];
    int before = (first + nodes.size() - 1) % nodes.size();
    int slot = slotOf(IDS, id -> owners[slotOf(id)] == before);
    List<String> moved = IDS.stream().filter(id -> slotOf(id) == slot).toList();
    assertThat(found).doesNotContainAnyElementsOf(moved);

    Reshard.begin(server.keyspace(), slot).end();

    assertThat(scanned(tier, found, next)).containsAll(IDS);
  }

  /** What is neither here nor there can wait; it is not left out. */
  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aScanDoesNotEndWhileASlotIsHalfHereAndHalfThere(String client) {
    RedisTier tier = open(client);
    tier.begin(SPACE, 0, 0);
    tier.put(SPACE, writes(1), () -> 0);
    Set<String> found = new HashSet<>();
    Reshard reshard = Reshard.begin(server.keyspace(), slotOf(IDS.get(0)));
    String next = null;
    try {
      reshard.move(reshard.left());

      for (int pages = 0; pages < 1_000; pages++) {
        next = page(tier, found, next);
        assertThat(next).as("a page with an end").isNotNull();
      }
    } catch (TierUnavailableException e) {
      // Nothing else is left to be read.
      assertThat(e).hasMessageContaining("moving slots");
    } finally {
      reshard.end();
    }

    assertThat(scanned(tier, found, next)).containsAll(IDS);
  }

  /** Goes on from a cursor to the end; what fails is asked again. */
  private static Set<String> scanned(RedisTier tier, Set<String> found, String from) {
    String[] next = {from};
    do {
      RedisFixture.untilAvailable(() -> next[0] = page(tier, found, next[0]));
    } while (next[0] != null);
    return found;
  }

  private static String page(RedisTier tier, Set<String> found, String cursor) {
    CachePage page = tier.scan(SPACE, cursor, 20);
    page.headers().forEach(header -> found.add(header.id()));
    assertThat(page.unreadable()).isEmpty();
    return page.next();
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void readsGoOnWhileASlotIsHalfHereAndHalfThere(String client) {
    RedisTier tier = open(client);
    tier.begin(SPACE, 0, 0);
    tier.put(SPACE, writes(1), () -> 0);
    Collection<List<String>> lanes = IDS.stream().collect(groupingBy(CacheKeys::lane)).values();
    int slot = slotOf(Collections.max(lanes, Comparator.comparingInt(List::size)).get(0));
    Reshard reshard = Reshard.begin(server.keyspace(), slot);
    try {
      List<String> keys = reshard.left();
      reshard.move(keys.subList(0, keys.size() / 2));

      assertThat(tier.get(SPACE, IDS)).hasSize(IDS.size());
    } finally {
      reshard.end();
    }
    assertThat(tier.get(SPACE, IDS)).hasSize(IDS.size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aNodeThatIsGoneFailsItsOwnIdsAndComesBackWithoutTrust(String client) {
    RedisTier tier = open(client);
    tier.begin(SPACE, 0, 0);
    tier.put(SPACE, writes(1), () -> 0);
    RedisKeyspace keyspace = server.keyspace();
    int[] owners = Reshard.owners(keyspace);
    int lost = owners[slotOf(IDS.get(0))];
    RedisNode gone = keyspace.nodes().get(lost);
    String there = IDS.stream().filter(id -> owners[slotOf(id)] != lost).findFirst().orElseThrow();
    gone.kill();

    assertThat(tier.get(SPACE, List.of(there))).containsOnlyKeys(there);
    assertThatThrownBy(() -> tier.get(SPACE, List.of(IDS.get(0))))
        .isInstanceOf(TierUnavailableException.class);
    assertThatThrownBy(() -> tier.get(SPACE, IDS)).isInstanceOf(TierUnavailableException.class);
    assertThatThrownBy(() -> tier.state(SPACE)).isInstanceOf(TierUnavailableException.class);

    gone.restart();
    RedisFixture.untilAvailable(() -> assertThat(tier.state(SPACE)).isEmpty());
    // It serves its slots a while after it answers.
    RedisFixture.untilAvailable(() -> assertThat(tier.begin(NEXT, 0, 0)).isTrue());
    RedisFixture.untilAvailable(() -> tier.put(NEXT, writes(2), () -> 0));
    assertThat(tier.get(NEXT, IDS)).hasSize(IDS.size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void aNodeThatHangsFailsItsOwnIdsInTime(String client) {
    RedisTier tier = open(client);
    tier.begin(SPACE, 0, 0);
    tier.put(SPACE, writes(1), () -> 0);
    int[] owners = Reshard.owners(server.keyspace());
    int silent = owners[slotOf(IDS.get(0))];
    RedisNode hung = server.keyspace().nodes().get(silent);
    Map<Boolean, List<String>> byHung =
        IDS.stream().collect(partitioningBy(id -> owners[slotOf(id)] == silent));
    hung.pause();
    long began = System.nanoTime();

    assertThatThrownBy(() -> tier.get(SPACE, byHung.get(true)))
        .isInstanceOf(TierUnavailableException.class);
    assertThat(tier.get(SPACE, byHung.get(false))).hasSize(byHung.get(false).size());

    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(RedisFixture.PATIENCE);
    hung.resume();
    RedisFixture.untilAvailable(() -> assertThat(tier.get(SPACE, IDS)).hasSize(IDS.size()));
  }

  private RedisTier open(String client) {
    RedisTier tier = new RedisTier();
    TestTierConfig config =
        RedisFixture.config(server.keyspace())
            .withClient(client)
            .withRole(TierRole.CACHE)
            .withRequestTimeout(Duration.ofSeconds(3));
    RedisFixture.untilAvailable(() -> tier.open(config));
    opened.add(tier::close);
    return tier;
  }

  private static List<CacheWrite> writes(long version) {
    return IDS.stream()
        .map(id -> CacheWrite.put(Entries.value(id, version, "x"), version))
        .toList();
  }

  private static int slotOf(List<String> ids, Predicate<String> which) {
    return slotOf(ids.stream().filter(which).findFirst().orElseThrow());
  }

  /** The slot of an id's lane. */
  private static int slotOf(String id) {
    byte[] tag = String.format("{%02x}", CacheKeys.lane(id)).getBytes(UTF_8);
    return SlotTable.slotOf(tag);
  }
}
