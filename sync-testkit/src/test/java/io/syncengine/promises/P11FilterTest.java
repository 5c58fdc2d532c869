// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.promises;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.model.Ack;
import io.syncengine.model.ReadOption;
import io.syncengine.model.ReadResult;
import io.syncengine.model.Source;
import io.syncengine.model.SyncItem;
import io.syncengine.spi.Entry;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.InMemoryTier;
import io.syncengine.testkit.CrashPoints;
import io.syncengine.testkit.Entries;
import io.syncengine.testkit.FaultyTier;
import io.syncengine.testkit.FaultyTier.Operation;
import io.syncengine.testkit.Gate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

/** P11: a trusted filter has no false negative. */
class P11FilterTest extends Promise {
  private static final Duration OVER_THE_BOUND = Duration.ofMillis(1_500);

  private SyncEngine withFilter(SyncEngineConfig.Builder config) {
    SyncEngine engine = open(config.existenceFilter(true));
    turnUntil("the filter is built", () -> engine.stats().filterTrusted());
    return engine;
  }

  @Test
  void anAbsentIdIsAnsweredWithoutACallToAnyTier() {
    ConcurrentHashMap<String, LongAdder> calls = new ConcurrentHashMap<>();
    SyncEngine engine =
        withFilter(
            withLog()
                .telemetry(
                    (tier, operation, nanos, failure) ->
                        calls.computeIfAbsent(operation, o -> new LongAdder()).increment()));
    engine.submit(SyncItem.of("there", "1"), Ack.PERSISTED);
    engine.submit(SyncItem.of("gone", "1"), Ack.PERSISTED);
    engine.delete("gone", Ack.PERSISTED);
    calls.clear();
    List<String> ids = new ArrayList<>(List.of("gone"));
    for (int i = 0; i < 1_000; i++) {
      ids.add("absent." + i);
    }

    // 16 bits of fingerprint: some in ten thousand ask all the same.
    long byTheFilter = ids.stream().filter(id -> engine.read(id).source() == Source.FILTER).count();
    assertThat(byTheFilter).isGreaterThanOrEqualTo(ids.size() - 5);
    assertThat(engine.getAll(ids)).isEmpty();
    assertThat(engine.contains("absent.1")).isFalse();
    assertThat(calls.getOrDefault("load", new LongAdder()).sum())
        .isLessThanOrEqualTo(2 * (ids.size() - byTheFilter) + 1);
    assertThat(engine.stats().filterAbsences()).isGreaterThanOrEqualTo(2 * byTheFilter);
    assertThat(text(engine, "there")).isEqualTo("1");
  }

  @Test
  void whatOthersCommitIsInItWhenItIsFollowed() {
    followed(new CrashPoints());
  }

  @Test
  void failsWhenItIsNotFed() {
    breaksWithout(FailPoint.FILTER_FEED, this::followed);
  }

  private void followed(CrashPoints points) {
    SyncEngine a = open(withoutLog(anotherRoad()).failPoints(points));
    SyncEngine b = withFilter(withoutLog(anotherRoad()).failPoints(points));
    for (int i = 0; i < 100; i++) {
      a.submitAsync(SyncItem.of("x." + i, "1"), Ack.PERSISTED);
    }
    flush(a);
    a.deleteAsync("x.0", Ack.PERSISTED);
    a.submitAsync(SyncItem.of("x.1", "2"), Ack.PERSISTED);
    flush(a);
    long newest = rows.poll(1, 0).head();
    turnUntil("the poll", () -> b.stats().changePosition() >= newest);
    for (int i = 1; i < 100; i++) {
      assertThat(text(b, "x." + i)).isEqualTo(i == 1 ? "2" : "1");
    }
    assertThat(b.get("x.0")).isEmpty();
  }

  @Test
  void aWriteThatIsFoundOvertakenIsNotAbsentUntilWhatIsAboveItIsFollowed() {
    CrashPoints points = new CrashPoints();
    SyncEngine a = withFilter(withoutLog(anotherRoad()).failPoints(points));
    SyncEngine b = open(withoutLog(anotherRoad()));
    a.submit(SyncItem.of("x", "lower"));
    time.advance(Duration.ofMillis(1));
    b.submit(SyncItem.of("x", "higher"), Ack.PERSISTED);
    try (Gate poll = points.blockAt(FailPoint.FOLLOW)) {
      a.flush();
      poll.awaitReached();
      assertThat(text(a, "x")).isEqualTo("higher");
    }
    assertThat(a.stats().superseded()).isOne();
    a.submit(SyncItem.of("gone", "1"), Ack.PERSISTED);
    a.delete("gone", Ack.PERSISTED);
    b.delete("x", Ack.PERSISTED);
    turnUntil("the filter knows of both", () -> a.read("x").source() == Source.FILTER);
    assertThat(a.read("gone").source()).isEqualTo(Source.FILTER);
  }

  @Test
  void nobodyIsToldOfAnAbsenceWhileMemoryShowsTheItem() {
    WatchedMemory memory = new WatchedMemory();
    SyncEngine a = withFilter(withoutLog(anotherRoad()).memoryTier(memory));
    SyncEngine b = open(withoutLog(anotherRoad()));
    b.submit(SyncItem.of("x", "1"), Ack.PERSISTED);
    turnUntil("memory shows the item", () -> a.read("x").source() == Source.L1);
    List<Source> told = new CopyOnWriteArrayList<>();
    memory.beforeInvalidate =
        id -> {
          memory.beforeInvalidate = again -> {};
          told.add(a.read(id, ReadOption.SKIP_L1).source());
        };
    b.delete("x", Ack.PERSISTED);
    turnUntil("the delete is followed", () -> a.read("x").source() == Source.FILTER);
    assertThat(told).isNotEmpty().doesNotContain(Source.FILTER);
  }

  @Test
  void itIsNotBelievedWhenTheEndOfTheLogWasNotSeenForTooLong() {
    distrusted(new CrashPoints());
  }

  @Test
  void failsWhenItIsBelievedForEver() {
    breaksWithout(FailPoint.FILTER_TRUST, this::distrusted);
  }

  private void distrusted(CrashPoints points) {
    FaultyTier road = anotherRoad();
    SyncEngine a = open(withoutLog(anotherRoad()));
    // The polls that fail are not to keep the read from being made.
    SyncEngine b =
        withFilter(
            withoutLog(road).failPoints(points).breakerWindow(10_000).breakerMinCalls(10_000));
    road.failAll(Operation.POLL);
    a.submit(SyncItem.of("x", "1"), Ack.PERSISTED);
    time.advance(OVER_THE_BOUND);
    assertThat(b.stats().filterTrusted()).isFalse();
    assertThat(text(b, "x")).isEqualTo("1");
  }

  @Test
  void aDeleteIsKnownWithItsRevisionWhereThatMatters() {
    SyncEngine engine = withFilter(withLog());
    engine.submit(SyncItem.of("x", "1"), Ack.PERSISTED);
    engine.delete("x", Ack.PERSISTED);
    turnUntil("the delete is followed", () -> engine.read("x").source() == Source.FILTER);
    // Computed just above the delete that the filter knows nothing of.
    assertThat(engine.getOrCompute("x", id -> SyncItem.of(id, "2")).contentAsString())
        .isEqualTo("2");
    flush(engine);
    assertThat(rowText("x")).isEqualTo("2");
    assertThat(text(engine, "x")).isEqualTo("2");
  }

  @Test
  void aRestartTakesItFromTheSnapshotAndWhatWasCommittedSince() {
    FaultyTier road = anotherRoad();
    SyncEngine first = withFilter(withoutLog(road).log(log));
    first.submit(SyncItem.of("kept", "1"), Ack.PERSISTED);
    first.submit(SyncItem.of("deleted", "1"), Ack.PERSISTED);
    turnUntil("both are in the filter", () -> first.stats().filterIds() == 2);
    first.close();
    SyncEngine other = open(withoutLog(anotherRoad()));
    other.delete("deleted", Ack.PERSISTED);
    other.submit(SyncItem.of("new", "1"), Ack.PERSISTED);
    long walked = road.calls(Operation.HEADERS);

    SyncEngine again = withFilter(withoutLog(road).log(log));
    assertThat(road.calls(Operation.HEADERS)).as("ids read").isEqualTo(walked);
    assertThat(again.stats().filterIds()).isEqualTo(2);
    assertThat(text(again, "kept")).isEqualTo("1");
    assertThat(text(again, "new")).isEqualTo("1");
    assertThat(again.read("deleted").source()).isEqualTo(Source.FILTER);
  }

  @Test
  void aDamagedSnapshotIsNotUsed() {
    SyncEngine first = withFilter(withLog());
    log.putSnapshot("filter", List.of(new byte[] {1, 2, 3}).iterator());
    SyncEngine other = open(withoutLog(anotherRoad()));
    first.close();
    rows.apply(batch(0, 10));
    SyncEngine engine = withFilter(withLog());
    engine.submit(SyncItem.of("x", "1"), Ack.PERSISTED);
    turnUntil("all are in it", () -> engine.stats().filterIds() == 11);
    assertThat(text(other, id(3))).isEqualTo("c");
    assertThat(text(engine, "x")).isEqualTo("1");
    assertThat(text(engine, id(3))).isEqualTo("c");
  }

  @Test
  void aSnapshotThatHasBecomeFullIsNotUsed() {
    InMemoryTier many = new InMemoryTier(new SplittableRandom(1), 1_000_000);
    SyncEngine first = withFilter(withoutLog(many).log(log));
    first.submit(SyncItem.of("kept", "1"), Ack.PERSISTED);
    turnUntil("it is in the filter", () -> first.stats().filterIds() == 1);
    SyncEngine other = open(withoutLog(many));
    first.close();
    // Above what the first filter should hold, and below what finds room in it.
    int count = 72_000;
    for (long from = 0; from < count; from += 4_000) {
      many.apply(batch(from, 4_000));
    }
    assertThat(text(other, id(7))).isEqualTo("c");

    SyncEngine again = withFilter(withoutLog(many).log(log));
    assertThat(again.stats().filterIds()).isEqualTo(count + 1);
    assertThat(text(again, "kept")).isEqualTo("1");
    for (long i = 0; i < count; i += 997) {
      assertThat(text(again, id(i))).as(id(i)).isEqualTo("c");
    }
  }

  @Test
  void itGrowsBehindTheOneInUse() {
    SyncEngine engine = withFilter(withoutLog());
    long room = 100_000;
    for (long from = 0; from < room; from += 5_000) {
      rows.apply(batch(from, 5_000));
      engine.submit(SyncItem.of("own." + from, "1"), Ack.PERSISTED);
    }
    long all = room + room / 5_000;
    turnUntil("all are in it", () -> engine.stats().filterIds() == all);
    turnUntil("it is built anew", () -> engine.stats().filterBuilds() > 1);
    for (long i = 0; i < room; i += 997) {
      ReadResult read = engine.read(id(i));
      assertThat(read.item()).as(id(i)).isPresent();
    }
    assertThat(engine.stats().filterBytes()).isLessThan(3 * (all + (1 << 16)));
  }

  private static String id(long i) {
    return String.format("id.%08d", i);
  }

  private static List<Entry> batch(long from, int count) {
    Entry[] entries = new Entry[count];
    Arrays.setAll(entries, i -> Entries.value(id(from + i), 1, "c"));
    return List.of(entries);
  }
}
