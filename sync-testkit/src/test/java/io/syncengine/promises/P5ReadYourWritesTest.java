// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.promises;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.model.Ack;
import io.syncengine.model.CorruptDataException;
import io.syncengine.model.ReadOption;
import io.syncengine.model.Source;
import io.syncengine.model.SyncItem;
import io.syncengine.spi.FailPoint;
import io.syncengine.testkit.CrashPoints;
import io.syncengine.testkit.FaultyTier;
import io.syncengine.testkit.FaultyTier.Operation;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** P5: you read your writes. */
class P5ReadYourWritesTest extends Promise {
  private static final int MANY = 200;

  @Test
  void fromTheMomentThatSubmitReturns() {
    atOnce(new CrashPoints());
  }

  @Test
  void failsWhenWritesAreNotShown() {
    breaksWithout(FailPoint.PUBLISH, this::atOnce);
  }

  private void atOnce(CrashPoints points) {
    SyncEngine engine = open(withoutLog().failPoints(points));
    for (Ack ack : List.of(Ack.MEMORY, Ack.PERSISTED)) {
      for (int i = 0; i < 5; i++) {
        String content = ack + " " + i;
        engine.submitAsync(SyncItem.of("x", content), ack);
        assertThat(text(engine, "x")).isEqualTo(content);
        assertThat(engine.getAll(List.of("x")).get("x").contentAsString()).isEqualTo(content);
        assertThat(engine.scan("x").map(SyncItem::contentAsString)).containsExactly(content);
      }
      engine.deleteAsync("x", ack);
      assertThat(engine.get("x")).isEmpty();
      assertThat(engine.getAll(List.of("x"))).isEmpty();
      assertThat(engine.scan("x")).isEmpty();
    }
  }

  @Test
  void othersSeeACommitWithinTheBound() {
    withinTheBound(new CrashPoints());
  }

  @Test
  void failsWithoutFollowing() {
    breaksWithout(FailPoint.FOLLOW, this::withinTheBound);
  }

  private void withinTheBound(CrashPoints points) {
    SyncEngine a = open(withoutLog(anotherRoad()).failPoints(points));
    SyncEngine b = open(withoutLog(anotherRoad()).failPoints(points));
    a.submit(SyncItem.of("x", "1"), Ack.PERSISTED);
    assertThat(text(b, "x")).isEqualTo("1");
    a.submit(SyncItem.of("x", "2"), Ack.PERSISTED);
    a.submit(SyncItem.of("y", "3"), Ack.PERSISTED);
    a.delete("y", Ack.PERSISTED);
    long newest = rows.poll(1, 0).head();
    time.advance(Duration.ofMillis(500));
    await("the poll", () -> b.stats().changePosition() >= newest);
    assertThat(text(b, "x")).isEqualTo("2");
    assertThat(b.get("y")).isEmpty();
  }

  @Test
  void afterEvictionAndWithContentSpilledWhileTheGroundTruthIsDown() {
    spilled(new CrashPoints());
  }

  private void spilled(CrashPoints points) {
    SyncEngine engine = open(withLog().l1MaxBytes(1 << 17).failPoints(points));
    truth.failAll();
    String big = "b".repeat(1000);
    for (int i = 0; i < MANY; i++) {
      engine.submit(SyncItem.of("k." + i, i + big));
    }
    assertThat(engine.stats().spilledItems()).isPositive();
    time.advance(Duration.ofMillis(200));
    for (int i = 0; i < MANY; i++) {
      assertThat(text(engine, "k." + i)).isEqualTo(i + big);
      assertThat(engine.read("k." + i, ReadOption.SKIP_L1).source()).isEqualTo(Source.PENDING);
    }
    List<String> ids = List.of("k.0", "k.100", "k.199");
    assertThat(engine.getAll(ids)).containsOnlyKeys(ids);
    engine.delete("k.7");
    assertThat(engine.get("k.7")).isEmpty();
    truth.heal();
    assertThat(engine.flush().complete()).isTrue();
    turnUntil("pending lets go", () -> engine.stats().pendingItems() == 0);
    assertThat(engine.stats().spilledItems()).isZero();
    for (int i = 8; i < MANY; i++) {
      assertThat(text(engine, "k." + i)).isEqualTo(i + big);
      assertThat(rowText("k." + i)).isEqualTo(i + big);
    }
  }

  @Test
  void afterEvictionFromMemory() {
    SyncEngine engine = open(withLog().l1MaxBytes(1 << 16));
    String big = "b".repeat(1000);
    for (int i = 0; i < MANY; i++) {
      engine.submit(SyncItem.of("k." + i, i + big));
      if (i % 20 == 19) {
        assertThat(engine.flush().complete()).isTrue();
        // A tier's own change row, as of a purge, may stand before ours; then a poll brings both.
        turnUntil("pending lets go", () -> engine.stats().pendingItems() == 0);
      }
    }
    assertThat(engine.stats().l1Evictions()).isPositive();
    for (int i = 0; i < MANY; i++) {
      assertThat(text(engine, "k." + i)).isEqualTo(i + big);
    }
  }

  @Test
  void aWriteThatIsReplayedIsReadInEveryWayAlsoWhileTheGroundTruthIsDown() {
    FaultyTier road = anotherRoad();
    SyncEngine engine = open(withoutLog(road).log(log));
    engine.submit(SyncItem.of("x", "old"), Ack.PERSISTED);
    engine.submit(SyncItem.of("x", "new"));
    engine.submit(SyncItem.of("y", "new"));
    crash(engine, road);
    SyncEngine again = open(withLog());
    for (int i = 0; i < 2; i++) {
      assertThat(text(again, "x")).isEqualTo("new");
      assertThat(again.getAll(List.of("x", "y")).get("x").contentAsString()).isEqualTo("new");
      assertThat(again.getAll(List.of("x", "y"))).containsOnlyKeys("x", "y");
      truth.failAll(Operation.LOAD);
    }
    truth.heal();
    assertThat(again.scan("").map(SyncItem::contentAsString)).containsExactly("new", "new");
  }

  @Test
  void aPollThatFailsInAnyWayIsNotTheLast() {
    HookedTier hooked = new HookedTier(rows);
    SyncEngine reader = open(withoutLog(hooked));
    SyncEngine writer = open(withoutLog(anotherRoad()));
    writer.submit(SyncItem.of("x", "1"), Ack.PERSISTED);
    turnUntil("seen", () -> "1".equals(text(reader, "x")));
    writer.submit(SyncItem.of("x", "2"), Ack.PERSISTED);
    hooked.failNextPoll(new CorruptDataException("a bad change row", null, "this", "that"));
    turnUntil("seen all the same", () -> "2".equals(text(reader, "x")));
  }

  @Test
  void untilAHigherRevisionArrives() {
    SyncEngine a = open(withoutLog(anotherRoad()));
    SyncEngine b = open(withoutLog(anotherRoad()));
    a.submit(SyncItem.of("x", "a"), Ack.PERSISTED);
    assertThat(text(b, "x")).isEqualTo("a");
    b.submit(SyncItem.of("x", "b"), Ack.PERSISTED);
    assertThat(text(b, "x")).isEqualTo("b");
    turnUntil("a follows", () -> "b".equals(text(a, "x")));
  }

  @Test
  void aScanGivesAnItemThatDoesNotChangeExactlyOnceWhileItIsFlushed() {
    SyncEngine engine = open(withLog());
    for (int i = 0; i < 1500; i++) {
      engine.submitAsync(SyncItem.of(String.format("k.%04d", i), "v"), Ack.MEMORY);
    }
    var scan = engine.scan("k").iterator();
    List<String> seen = new java.util.ArrayList<>();
    for (int i = 0; i < 700; i++) {
      seen.add(scan.next().id());
    }
    assertThat(engine.flush().complete()).isTrue();
    turnUntil("pending lets go", () -> engine.stats().pendingItems() == 0);
    scan.forEachRemaining(item -> seen.add(item.id()));
    assertThat(seen).hasSize(1500).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void twoEnginesInOneProcessAreApart() {
    SyncEngine one = open(SyncEngineConfig.builder().name("one").namespace("one"));
    SyncEngine two = open(SyncEngineConfig.builder().name("two").namespace("two"));
    one.submit(SyncItem.of("x", "1"));
    two.submit(SyncItem.of("x", "2"));
    assertThat(text(one, "x")).isEqualTo("1");
    assertThat(text(two, "x")).isEqualTo("2");
    one.close();
    assertThat(text(two, "x")).isEqualTo("2");
  }
}
