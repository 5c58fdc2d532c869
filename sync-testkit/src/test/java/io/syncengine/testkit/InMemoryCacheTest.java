// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static io.syncengine.testkit.Entries.committed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.syncengine.model.Revision;
import io.syncengine.model.TierException;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.CacheOutcome;
import io.syncengine.spi.CacheSpace;
import io.syncengine.spi.CacheWrite;
import io.syncengine.spi.Entry;
import io.syncengine.spi.TierRole;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a test can do to the in-memory cache. */
class InMemoryCacheTest {
  private static final CacheSpace SPACE = new CacheSpace("truth", 1);
  private static final CacheSpace NEXT = new CacheSpace("truth", 2);

  private final ManualTime time = new ManualTime();
  private final TestTierConfig config =
      TestTierConfig.defaults()
          .withTierName("L2")
          .withRole(TierRole.CACHE)
          .withTimeSource(time)
          .withTimeToLive(Duration.ofMinutes(10));
  private final InMemoryCache cache = new InMemoryCache();
  private final InMemoryCache.Connection one = cache.connect();
  private final InMemoryCache.Connection two = cache.connect();

  @BeforeEach
  void open() {
    one.open(config);
    two.open(config);
    one.begin(SPACE, 0, 0);
    two.begin(SPACE, 0, 0);
  }

  @Test
  void itIsNoGroundTruth() {
    TierException e =
        catchThrowableOfType(
            TierException.class,
            () -> cache.connect().open(config.withRole(TierRole.GROUND_TRUTH)));
    assertThat(e.retryable()).isFalse();
    assertThatThrownBy(() -> one.load(List.of("a"))).isInstanceOf(TierException.class);
    assertThatThrownBy(() -> one.apply(List.of(committed("a", 1, "x", 1))))
        .isInstanceOf(TierException.class);
  }

  @Test
  void itIsOpenAsLongAsOneOfSeveralEnginesHasItOpen() {
    one.open(config);
    one.close();
    assertThat(put(one, 1)).isEqualTo(CacheOutcome.STORED);
    one.close();
    assertUnavailable(() -> get(one));
    assertThat(get(two)).isNotNull();
  }

  @Test
  void anEvictedIdIsNotHeldAndIsMadeByWhatIsNewEnough() {
    put(one, 5);
    cache.evict("a");

    assertThat(get(one)).isNull();
    assertThat(put(two, 4)).isEqualTo(CacheOutcome.ABSENT);
    assertThat(put(two, 5)).isEqualTo(CacheOutcome.STORED);
  }

  @Test
  void aClearedCacheHoldsNothingAndStaysTheSameNode() {
    put(one, 5);
    cache.clear();

    assertThat(one.state(SPACE)).isEmpty();
    assertThat(get(two)).isNull();
    assertThat(put(two, 4, 5)).as("late").isEqualTo(CacheOutcome.ABSENT);
    assertThat(put(two, 5, 5)).isEqualTo(CacheOutcome.STORED);
    assertThat(two.move(SPACE, "two", 0, 5)).isFalse();
  }

  @Test
  void aNodeThatComesBackWithOldDataIsAnotherOne() {
    put(one, 1);
    InMemoryCache.Snapshot old = cache.snapshot();
    put(one, 2);
    cache.restart(old);

    assertGivenUp(one);
    assertGivenUp(two);
    assertThat(cache.connect().open(config)).isNotNull();
    assertThat(one.begin(NEXT, 2, 22)).isTrue();
    assertThat(two.state(NEXT)).isPresent();
    assertThat(two.get(NEXT, List.of("a"))).isEmpty();
    assertGivenUp(one);
  }

  @Test
  void aNodeThatComesBackEmptyIsAnotherOne() {
    put(one, 1);
    cache.restart();

    assertUnavailable(() -> get(one));
    assertUnavailable(() -> put(two, 2));
    assertThat(one.state(SPACE)).isEmpty();
    assertUnavailable(() -> get(one));
  }

  @Test
  void aSnapshotDoesNotChangeWithTheCache() {
    put(one, 1);
    InMemoryCache.Snapshot old = cache.snapshot();
    cache.clear();
    one.begin(SPACE, 0, 0);
    cache.restart(old);
    one.begin(NEXT, 0, 0);
    one.put(NEXT, List.of(CacheWrite.put(committed("b", 1, "x", 1), 1)), () -> 1);
    cache.restart(old);

    assertThat(one.begin(NEXT, 0, 0)).as("nothing of it in the snapshot").isTrue();
    assertThat(one.get(NEXT, List.of("b"))).isEmpty();
    assertThat(one.begin(SPACE, 0, 0)).as("begun on the node before").isFalse();
  }

  @Test
  void oneIsCutOffAloneUntilItIsHealed() {
    one.cut();

    assertUnavailable(() -> get(one));
    assertUnavailable(() -> put(one, 1));
    assertUnavailable(() -> one.state(SPACE));
    assertUnavailable(() -> one.begin(NEXT, 0, 0));
    assertUnavailable(() -> one.move(SPACE, "one", 0, 1));
    assertUnavailable(() -> one.advance(SPACE, 0, 1, 11));
    assertUnavailable(() -> one.open(config));
    assertThat(put(two, 1)).isEqualTo(CacheOutcome.STORED);

    one.heal();
    assertThat(get(one)).isNotNull();
  }

  @Test
  void aFullCacheRefusesValuesAndHoldsNothingOlder() {
    put(one, 1);
    cache.full(true);

    assertThat(put(one, 2)).isEqualTo(CacheOutcome.REFUSED);
    assertThat(get(one)).isNull();
    assertThat(one.put(SPACE, List.of(CacheWrite.drop("a", Revision.ofTombstone(3), 3)), () -> 3))
        .containsExactly(CacheOutcome.ABSENT);

    cache.full(false);
    assertThat(put(one, 2)).as("what came while it was full counts").isEqualTo(CacheOutcome.ABSENT);
    assertThat(put(one, 3)).isEqualTo(CacheOutcome.STORED);
  }

  @Test
  void aStalledPutArrivesLate() {
    put(two, 1);
    CompletableFuture<CacheOutcome> late;
    try (Gate gate = one.stallNextPut()) {
      late = CompletableFuture.supplyAsync(() -> put(one, 2));
      gate.awaitReached(late);

      assertThat(revision(get(two))).as("not there yet").isEqualTo(1);
      assertThat(get(one)).as("only puts are held, and one").isNotNull();
      put(one, 3);
      cache.evict("a");
    }
    assertThat(late.join()).isEqualTo(CacheOutcome.ABSENT);
    assertThat(get(two)).isNull();
  }

  @Test
  void whatNobodyWritesGoesWithinATenthOfItsTime() {
    put(one, 1);
    time.advance(Duration.ofMinutes(8));
    assertThat(get(one)).isNotNull();
    put(one, 2);
    time.advance(Duration.ofMinutes(8));
    assertThat(get(one)).as("written since").isNotNull();
    time.advance(Duration.ofMinutes(3).plusMillis(1));
    assertThat(get(one)).isNull();
  }

  private static CacheOutcome put(InMemoryCache.Connection by, long version) {
    return put(by, version, version);
  }

  /** Puts a version, committed at the sequence of that number. */
  private static CacheOutcome put(InMemoryCache.Connection by, long version, long head) {
    CacheWrite write = CacheWrite.put(committed("a", version, "x", version), version);
    return by.put(SPACE, List.of(write), () -> head).get(0);
  }

  private static Entry get(InMemoryCache.Connection by) {
    return by.get(SPACE, List.of("a")).get("a");
  }

  private static long revision(Entry entry) {
    return entry.revision().version();
  }

  private static void assertGivenUp(InMemoryCache.Connection by) {
    assertUnavailable(() -> get(by));
    assertUnavailable(() -> put(by, 9));
    assertUnavailable(() -> by.move(SPACE, "one", 0, 1));
    assertUnavailable(() -> by.advance(SPACE, 0, 1, 11));
    assertThat(by.state(SPACE)).isEmpty();
    assertThat(by.begin(SPACE, 0, 0)).isFalse();
  }

  private static void assertUnavailable(ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(TierUnavailableException.class);
  }
}
