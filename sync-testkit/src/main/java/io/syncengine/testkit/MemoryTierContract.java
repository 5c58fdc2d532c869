// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static io.syncengine.testkit.Present.present;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.syncengine.model.SyncItem;
import io.syncengine.spi.MemoryTier;
import io.syncengine.spi.MemoryTierConfig;
import io.syncengine.spi.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * The contract of {@link MemoryTier}: extend it with a concrete class that makes tiers. It asks
 * nothing about which items are evicted, only that what is read is never another item than the last
 * one put.
 *
 * @since 0.1
 */
public abstract class MemoryTierContract {
  private static final long ROOM = 1 << 20;
  private static final int THREADS = 3;
  private static final int IDS = 200;

  private final List<MemoryTier> made = new ArrayList<>();

  /** For subclasses. */
  protected MemoryTierContract() {}

  /**
   * A memory tier.
   *
   * @param config room, time and randomness
   * @return a new, empty tier
   */
  protected abstract MemoryTier newMemoryTier(MemoryTierConfig config);

  /** Whatever a test did: an emptied tier holds nothing, in items and in bytes. */
  @AfterEach
  void anEmptiedTierHoldsNothing() {
    for (MemoryTier tier : made) {
      tier.clear();
      assertThat(tier.count()).isZero();
      assertThat(tier.bytes()).isZero();
    }
  }

  @Test
  void aNewTierIsEmpty() {
    MemoryTier tier = tier(ROOM);

    assertThat(tier.get("a")).isNull();
    assertThat(tier.peek("a")).isNull();
    assertThat(tier.count()).isZero();
    assertThat(tier.bytes()).isZero();
    assertThat(tier.evictions()).isZero();
  }

  @Test
  void anItemIsReadAsItWasPut() {
    MemoryTier tier = tier(ROOM);
    SyncItem item = item("a", 1, 10);
    tier.put(item);

    assertThat(tier.get("a")).isEqualTo(item);
    assertThat(tier.peek("a")).isEqualTo(item);
    assertThat(tier.count()).isEqualTo(1);
    assertThat(tier.bytes()).isGreaterThanOrEqualTo(11);
  }

  @Test
  void idsThatDifferByCaseAreTwoItems() {
    MemoryTier tier = tier(ROOM);
    tier.put(item("api.Crypto", 1, 10));
    tier.put(item("api.crypto", 2, 10));

    assertThat(held(tier, "api.Crypto").version()).isEqualTo(1);
    assertThat(held(tier, "api.crypto").version()).isEqualTo(2);
    assertThat(tier.count()).isEqualTo(2);
  }

  @Test
  void idsWithOneHashCodeAreTwoItems() {
    MemoryTier tier = tier(ROOM);
    tier.put(item("Aa", 1, 10));
    tier.put(item("BB", 2, 10));
    tier.invalidate("Aa");

    assertThat(tier.get("Aa")).isNull();
    assertThat(held(tier, "BB").version()).isEqualTo(2);
  }

  @Test
  void aPutReplacesWhatIsThereWhateverItsVersion() {
    MemoryTier tier = tier(ROOM);
    for (int size : new int[] {10, 10, 5000, 0, 300}) {
      long version = size == 0 ? 1 : 7;
      tier.put(item("a", version, size));

      assertThat(held(tier, "a").version()).isEqualTo(version);
      assertThat(held(tier, "a").contentLength()).isEqualTo(size);
      assertThat(tier.count()).isEqualTo(1);
    }
  }

  @Test
  void bytesFollowTheContent() {
    MemoryTier tier = tier(ROOM);
    tier.put(item("a", 1, 100));
    long small = tier.bytes();
    tier.put(item("a", 2, 10_100));
    assertThat(tier.bytes() - small).isBetween(10_000L, 10_016L);
    tier.put(item("a", 3, 100));
    assertThat(tier.bytes()).isEqualTo(small);
    tier.invalidate("a");
    assertThat(tier.bytes()).isZero();
  }

  @Test
  void invalidateRemovesThatIdOnly() {
    MemoryTier tier = tier(ROOM);
    tier.put(item("a", 1, 10));
    tier.put(item("b", 1, 10));
    tier.invalidate("a");
    tier.invalidate("a");
    tier.invalidate("absent");

    assertThat(tier.get("a")).isNull();
    assertThat(tier.get("b")).isNotNull();
    assertThat(tier.count()).isEqualTo(1);
    assertThat(tier.evictions()).isZero();
  }

  @Test
  void clearRemovesEverythingAndTheTierGoesOn() {
    MemoryTier tier = tier(ROOM);
    for (int i = 0; i < 100; i++) {
      tier.put(item("id" + i, 1, 10));
    }
    tier.clear();
    assertThat(tier.count()).isZero();
    assertThat(tier.bytes()).isZero();
    assertThat(tier.get("id7")).isNull();

    tier.put(item("id7", 2, 10));
    assertThat(held(tier, "id7").version()).isEqualTo(2);
  }

  @Test
  void theRoomIsKeptAndEvictionsAreCounted() {
    MemoryTier tier = tier(ROOM);
    for (int i = 0; i < 3000; i++) {
      tier.put(item("id" + i, 1, 1000));
      assertThat(tier.bytes()).isLessThanOrEqualTo(ROOM);
    }
    assertThat(tier.count()).isBetween(500L, 1048L);
    assertThat(tier.evictions()).isEqualTo(3000 - tier.count());
  }

  @Test
  void anItemLargerThanTheRoomIsNotKeptAndNorIsWhatItReplaces() {
    MemoryTier tier = tier(4096);
    tier.put(item("a", 1, 10));
    tier.put(item("a", 2, 5000));

    assertThat(tier.get("a")).isNull();
    assertThat(tier.bytes()).isZero();
  }

  @Test
  void aSmallerRoomHoldsFromTheNextWriteOn() {
    MemoryTier tier = tier(ROOM);
    for (int i = 0; i < 500; i++) {
      tier.put(item("id" + i, 1, 1000));
    }
    tier.resize(ROOM / 8);
    tier.put(item("last", 1, 10));
    assertThat(tier.bytes()).isBetween(1L, ROOM / 8);

    tier.resize(0);
    tier.put(item("last", 2, 10));
    assertThat(tier.bytes()).isZero();
    assertThat(tier.get("last")).isNull();

    tier.resize(ROOM);
    tier.put(item("last", 3, 10));
    assertThat(held(tier, "last").version()).isEqualTo(3);
  }

  @Test
  void aNegativeRoomIsRefused() {
    MemoryTier tier = tier(ROOM);
    assertThatIllegalArgumentException().isThrownBy(() -> tier.resize(-1));
  }

  @ParameterizedTest
  @SeedSource(20)
  void whatIsReadIsTheLastPut(long seed) {
    Random random = new Random(seed);
    MemoryTier tier = tier(20_000);
    long[] last = new long[IDS];
    for (int i = 0; i < 2000; i++) {
      step(tier, random, last, random.nextInt(IDS));
      assertThat(tier.bytes()).isBetween(0L, 20_000L);
    }
  }

  /** Each thread owns some ids, as the engine's stripes do, and reads all. */
  @ParameterizedTest
  @SeedSource(3)
  @Timeout(60)
  void whatIsReadIsTheLastPutWithManyThreads(long seed) throws Exception {
    MemoryTier tier = tier(20_000);
    List<Callable<Void>> work = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      int owner = t;
      work.add(() -> own(tier, new Random(seed + owner), owner));
    }
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      for (Future<Void> done : threads.invokeAll(work)) {
        done.get();
      }
    } finally {
      threads.shutdownNow();
    }
    // A tier may leave work to the next write.
    tier.put(item("last", 1, 10));
    assertThat(tier.bytes()).isLessThanOrEqualTo(20_000);
  }

  private static Void own(MemoryTier tier, Random random, int owner) {
    long[] last = new long[IDS];
    for (int i = 0; i < 20_000; i++) {
      int n = random.nextInt(IDS);
      if (n % THREADS == owner) {
        step(tier, random, last, n);
      } else {
        SyncItem read = tier.get("id" + n);
        assertThat(read == null || read.id().equals("id" + n)).isTrue();
      }
      if (random.nextInt(5000) == 0) {
        tier.clear();
      }
    }
    return null;
  }

  /** One random call on an id; then the id is as it was left, or absent. */
  private static void step(MemoryTier tier, Random random, long[] last, int n) {
    String id = "id" + n;
    boolean removed = false;
    switch (random.nextInt(6)) {
      case 0 -> {
        tier.invalidate(id);
        removed = true;
      }
      case 1, 2, 3 -> tier.put(item(id, ++last[n], random.nextInt(4) * 150));
      default -> tier.get(id);
    }
    SyncItem read = random.nextBoolean() ? tier.get(id) : tier.peek(id);
    if (read != null) {
      assertThat(removed).isFalse();
      assertThat(read.id()).isEqualTo(id);
      assertThat(read.version()).isEqualTo(last[n]);
    }
  }

  private static SyncItem held(MemoryTier tier, String id) {
    return present(tier.get(id), "item");
  }

  private MemoryTier tier(long maxBytes) {
    MemoryTier tier = newMemoryTier(new Config(maxBytes, new ManualTime()));
    made.add(tier);
    return tier;
  }

  private static SyncItem item(String id, long version, int contentBytes) {
    return SyncItem.builder(id).ownedContent(new byte[contentBytes]).version(version).build();
  }

  private record Config(long maxBytes, TimeSource timeSource) implements MemoryTierConfig {
    @Override
    public RandomGenerator random() {
      return new Random(42);
    }

    @Override
    public Map<String, String> properties() {
      return Map.of();
    }
  }
}
