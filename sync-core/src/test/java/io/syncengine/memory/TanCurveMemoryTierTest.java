// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.memory;

import static io.syncengine.memory.TestConfig.item;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.syncengine.model.SyncItem;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TanCurveMemoryTierTest {
  private static final long WEIGHT = Footprint.of(item("id-0000", 100));

  private static TanCurveMemoryTier tierFor(long items) {
    return new TanCurveMemoryTier(new TestConfig(items * WEIGHT, 1));
  }

  private static String id(int i) {
    return String.format("id-%04d", i);
  }

  private static List<Integer> kept(TanCurveMemoryTier tier, int ids) {
    return IntStream.range(0, ids).filter(i -> tier.peek(id(i)) != null).boxed().toList();
  }

  @Test
  void holdsWhatFitsAndNoMore() {
    TanCurveMemoryTier tier = tierFor(100);
    for (int i = 0; i < 100; i++) {
      tier.put(item(id(i), 100));
    }
    assertThat(tier.count()).isEqualTo(100);
    assertThat(tier.bytes()).isEqualTo(100 * WEIGHT);
    assertThat(tier.evictions()).isZero();
    for (int i = 100; i < 1000; i++) {
      tier.put(item(id(i), 100));
      assertThat(tier.bytes()).isLessThanOrEqualTo(100 * WEIGHT);
    }
    assertThat(tier.count()).isEqualTo(100);
    assertThat(tier.evictions()).isEqualTo(900);
  }

  /** The original evicted the newest first on ties, so that a scan ended with its oldest part. */
  @Test
  void ofResidentsThatAreWorthTheSameTheOldestGoesFirst() {
    TanCurveMemoryTier tier = tierFor(100);
    for (int i = 0; i < 100; i++) {
      tier.put(item(id(i), 100));
    }
    tier.resize(40 * WEIGHT);
    assertThat(kept(tier, 100)).isEqualTo(IntStream.range(60, 100).boxed().toList());
  }

  @Test
  void aScanDoesNotPushOutWhatIsRead() {
    TanCurveMemoryTier tier = tierFor(100);
    for (int i = 0; i < 100; i++) {
      tier.put(item(id(i), 100));
    }
    for (int i = 100; i < 3000; i++) {
      tier.put(item(id(i), 100));
      tier.get(id(i % 80));
    }
    assertThat(kept(tier, 80)).hasSizeGreaterThan(70);
  }

  /** An LRU has not one hit here. */
  @Test
  void aLoopLargerThanTheRoomStillHits() {
    TanCurveMemoryTier tier = tierFor(100);
    int hits = 0;
    for (int i = 0; i < 10 * 120; i++) {
      if (tier.get(id(i % 120)) == null) {
        tier.put(item(id(i % 120), 100));
      } else {
        hits++;
      }
    }
    assertThat(hits).isGreaterThan(700);
  }

  /** A frequency filter alone keeps yesterday's items; the window has to open. */
  @Test
  void aWorkingSetThatMovesIsFollowed() {
    TanCurveMemoryTier tier = tierFor(1000);
    java.util.Random random = new java.util.Random(5);
    int hits = 0;
    for (int i = 0; i < 200_000; i++) {
      String id = id(i / 4 + random.nextInt(700));
      if (tier.get(id) == null) {
        tier.put(item(id, 100));
      } else if (i >= 100_000) {
        hits++;
      }
    }
    assertThat(hits).as("an LRU hits 75 %").isGreaterThan(70_000);
  }

  @Test
  void oneLargeItemDoesNotPushOutManySmallOnes() {
    TanCurveMemoryTier tier = tierFor(1000);
    for (int i = 0; i < 1000; i++) {
      tier.put(item(id(i), 100));
    }
    tier.put(item("large", (int) (500 * WEIGHT)));
    assertThat(tier.peek("large")).isNull();
    assertThat(tier.count()).isGreaterThan(980);
  }

  @Test
  void anItemLargerThanTheRoomIsDeclinedAndEndsWhatWasThere() {
    TanCurveMemoryTier tier = tierFor(10);
    tier.put(item("a", 100, 1));
    tier.put(item("a", (int) (11 * WEIGHT), 2));
    assertThat(tier.get("a")).isNull();
    assertThat(tier.bytes()).isZero();
    assertThat(tier.count()).isZero();
  }

  @Test
  void aReplacedItemCountsOnceWithItsNewSize() {
    TanCurveMemoryTier tier = tierFor(10);
    for (int size : new int[] {100, 100, 300, 20, 0, 900}) {
      SyncItem item = item("a", size, 7);
      tier.put(item);
      assertThat(tier.get("a")).isSameAs(item);
      assertThat(tier.bytes()).isEqualTo(Footprint.of(item));
      assertThat(tier.count()).isEqualTo(1);
    }
    assertThat(tier.evictions()).isZero();
  }

  @Test
  void growingByReplacementKeepsTheBound() {
    TanCurveMemoryTier tier = tierFor(100);
    for (int i = 0; i < 100; i++) {
      tier.put(item(id(i), 100, 1));
    }
    for (int i = 0; i < 100; i++) {
      tier.put(item(id(i), 5000, 2));
      assertThat(tier.bytes()).isLessThanOrEqualTo(100 * WEIGHT);
    }
  }

  @Test
  void resizeEvictsAtOnceAndTakesNothingAtZero() {
    TanCurveMemoryTier tier = tierFor(2000);
    for (int i = 0; i < 2000; i++) {
      tier.put(item(id(i), 100));
    }
    tier.resize(0);
    assertThat(tier.bytes()).isZero();
    assertThat(tier.count()).isZero();
    assertThat(tier.evictions()).isEqualTo(2000);
    tier.put(item("a", 1));
    assertThat(tier.get("a")).isNull();
    tier.resize(10 * WEIGHT);
    tier.put(item("a", 1));
    assertThat(tier.get("a")).isNotNull();
    assertThatIllegalArgumentException().isThrownBy(() -> tier.resize(-1));
  }

  @Test
  void clearAndInvalidateAreNoEvictions() {
    TanCurveMemoryTier tier = tierFor(10);
    tier.put(item("a", 1));
    tier.put(item("b", 1));
    tier.invalidate("a");
    tier.invalidate("a");
    assertThat(tier.get("a")).isNull();
    assertThat(tier.bytes()).isEqualTo(Footprint.of(item("b", 1)));
    tier.clear();
    assertThat(tier.get("b")).isNull();
    assertThat(tier.bytes()).isZero();
    assertThat(tier.evictions()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 101})
  void anItemThatIsWrittenAgainIsAsGoodAsOneThatIsRead(int newSize) {
    TanCurveMemoryTier tier = tierFor(100);
    for (int i = 0; i < 90; i++) {
      tier.put(item(id(i), 100, 1));
    }
    List<Integer> again = IntStream.range(0, 40).map(i -> 2 * i).boxed().toList();
    again.forEach(i -> tier.put(item(id(i), newSize, 2)));
    tier.resize(50 * WEIGHT);
    assertThat(kept(tier, 90)).containsAll(again);
  }

  @Test
  void whatWasInvalidatedOrClearedIsNotEvictedLater() {
    TanCurveMemoryTier tier = tierFor(20);
    for (int i = 0; i < 20; i++) {
      tier.put(item(id(i), 100));
    }
    for (int i = 0; i < 20; i += 2) {
      tier.invalidate(id(i));
    }
    for (int i = 20; i < 50; i++) {
      tier.put(item(id(i), 100));
    }
    assertThat(tier.count()).isEqualTo(20);
    assertThat(tier.evictions()).as("20 put, 10 invalidated, 30 put, 20 left").isEqualTo(20);
    tier.clear();
    for (int i = 0; i < 25; i++) {
      tier.put(item(id(i), 100));
    }
    assertThat(tier.evictions()).isEqualTo(25);
  }

  @Test
  void anItemAsLargeAsTheRoomIsTaken() {
    TanCurveMemoryTier tier = tierFor(1);
    tier.put(item(id(0), 100));
    assertThat(tier.peek(id(0))).isNotNull();
    tier.put(item(id(1), 101));
    assertThat(tier.peek(id(1))).isNull();
    tier.resize(WEIGHT);
    assertThat(tier.count()).isEqualTo(1);
  }

  @Test
  void anItemWithoutVersionIsMisuse() {
    assertThatIllegalArgumentException().isThrownBy(() -> tierFor(1).put(SyncItem.of("a", "1")));
  }
}
