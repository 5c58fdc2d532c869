// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.promises;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.model.Ack;
import io.syncengine.model.ChangeEvent;
import io.syncengine.model.ChangePosition;
import io.syncengine.model.CorruptDataException;
import io.syncengine.model.Health;
import io.syncengine.model.ItemChange;
import io.syncengine.model.PositionGoneException;
import io.syncengine.model.SyncItem;
import io.syncengine.spi.InMemoryTier;
import io.syncengine.testkit.Entries;
import io.syncengine.testkit.FaultyTier.Operation;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** The feed of changes: every commit once, in order, from any position that is there. */
class ChangesTest extends Promise {
  /** Keeps what it is told. */
  private static final class Recorder implements Flow.Subscriber<ChangeEvent> {
    final List<ChangeEvent> events = new CopyOnWriteArrayList<>();
    private final long first;
    volatile Flow.Subscription subscription;
    volatile Throwable failure;
    volatile boolean complete;

    Recorder(long first) {
      this.first = first;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
      if (first > 0) {
        given.request(first);
      }
    }

    @Override
    public void onNext(ChangeEvent event) {
      events.add(event);
    }

    @Override
    public void onError(Throwable thrown) {
      failure = thrown;
    }

    @Override
    public void onComplete() {
      complete = true;
    }

    List<String> told() {
      return events.stream()
          .flatMap(event -> event.changes().stream())
          .map(change -> change.kind() + " " + change.id())
          .toList();
    }
  }

  private static Recorder subscribe(
      SyncEngine engine, String prefix, ChangePosition from, long demand) {
    Recorder recorder = new Recorder(demand);
    engine.changes(prefix, from).subscribe(recorder);
    return recorder;
  }

  /** Purges write rows too, that change nothing. */
  private long head() {
    return rows.poll(1, 0).head();
  }

  private void awaitFollowed(SyncEngine engine) {
    turnUntil("it is followed", () -> engine.stats().changePosition() >= head());
  }

  private void awaitTold(Recorder recorder, int events) {
    turnUntil(events + " events", () -> recorder.events.size() >= events);
  }

  @Test
  void tellsWhatAnybodyCommitsInOrderAndOnce() {
    SyncEngine a = open(withoutLog(anotherRoad()));
    SyncEngine b = open(withoutLog(anotherRoad()));
    Recorder all = subscribe(b, "", ChangePosition.latest(), Long.MAX_VALUE);
    Recorder some = subscribe(b, "shop", ChangePosition.earliest(), Long.MAX_VALUE);
    a.submit(SyncItem.of("shop.1", "1"), Ack.PERSISTED);
    b.submit(SyncItem.of("shop", "1"), Ack.PERSISTED);
    a.submit(SyncItem.of("shopping", "1"), Ack.PERSISTED);
    a.submit(SyncItem.of("shop.1", "2"), Ack.PERSISTED);
    a.delete("shop.1", Ack.PERSISTED);
    awaitTold(all, 5);
    assertThat(all.told())
        .containsExactly(
            "CREATED shop.1",
            "CREATED shop",
            "CREATED shopping",
            "UPDATED shop.1",
            "DELETED shop.1");
    awaitTold(some, 4);
    assertThat(some.told())
        .containsExactly("CREATED shop.1", "CREATED shop", "UPDATED shop.1", "DELETED shop.1");
    assertThat(all.events)
        .extracting(event -> event.position().sequence())
        .doesNotHaveDuplicates()
        .isSorted();
    assertThat(all.events.get(0).origin()).isNotEqualTo(all.events.get(1).origin());
  }

  @Test
  void whatIsReadAfterAnEventIsNotOlderThanIt() {
    SyncEngine a = open(withoutLog(anotherRoad()));
    SyncEngine b = open(withoutLog(anotherRoad()).existenceFilter(true));
    a.submit(SyncItem.of("x", "0"), Ack.PERSISTED);
    turnUntil("it is followed", () -> b.stats().changePosition() >= head());
    assertThat(b.get("x")).isPresent();
    Recorder told = subscribe(b, "", ChangePosition.latest(), Long.MAX_VALUE);
    for (int i = 1; i <= 20; i++) {
      a.submit(SyncItem.of("x", "" + i), Ack.PERSISTED);
      awaitTold(told, i);
      ItemChange change = told.events.get(i - 1).changes().get(0);
      assertThat(b.get("x").orElseThrow().version()).isEqualTo(change.revision().version());
    }
  }

  @Test
  void goesOnFromAPositionInAnotherRun() {
    SyncEngine first = open(withLog());
    Recorder before = subscribe(first, "", ChangePosition.earliest(), Long.MAX_VALUE);
    first.submit(SyncItem.of("a", "1"), Ack.PERSISTED);
    first.submit(SyncItem.of("b", "1"), Ack.PERSISTED);
    awaitTold(before, 2);
    String kept = before.events.get(0).position().toString();
    first.close();
    assertThat(before.complete).isTrue();
    SyncEngine again = open(withLog());
    Recorder after = subscribe(again, "", ChangePosition.parse(kept), Long.MAX_VALUE);
    again.submit(SyncItem.of("c", "1"), Ack.PERSISTED);
    awaitTold(after, 2);
    assertThat(after.told()).containsExactly("CREATED b", "CREATED c");
  }

  @Test
  void givesNoMoreThanWasAskedFor() {
    SyncEngine engine = open(withoutLog());
    Recorder slow = subscribe(engine, "", ChangePosition.earliest(), 0);
    for (int i = 0; i < 300; i++) {
      rows.apply(List.of(Entries.value("k." + i, 1, "c")));
    }
    awaitFollowed(engine);
    assertThat(slow.events).isEmpty();
    slow.subscription.request(2);
    awaitTold(slow, 2);
    assertThat(slow.told()).containsExactly("CREATED k.0", "CREATED k.1");
    slow.subscription.request(Long.MAX_VALUE);
    slow.subscription.request(Long.MAX_VALUE);
    awaitTold(slow, 300);
    assertThat(slow.events).hasSize(300);
    slow.subscription.cancel();
    engine.submit(SyncItem.of("later", "1"), Ack.PERSISTED);
    awaitFollowed(engine);
    assertThat(slow.events).hasSize(300);
  }

  @Test
  void theLatestIsWhereItWasSubscribedAndNotWhereItWasAskedFor() {
    SyncEngine engine = open(withoutLog());
    engine.submit(SyncItem.of("before", "1"), Ack.PERSISTED);
    awaitFollowed(engine);
    Recorder slow = subscribe(engine, "", ChangePosition.latest(), 0);
    engine.submit(SyncItem.of("x", "1"), Ack.PERSISTED);
    awaitFollowed(engine);
    slow.subscription.request(1);
    awaitTold(slow, 1);
    assertThat(slow.told()).containsExactly("CREATED x");
  }

  @Test
  void theLatestIsWhatIsSeenFirstWhereTheGroundTruthWasDown() {
    open(withLog()).close();
    open(withoutLog(anotherRoad()));
    rows.apply(List.of(Entries.value("before", 1, "c")));
    truth.failAll();
    SyncEngine engine = open(withLog());
    Recorder slow = subscribe(engine, "", ChangePosition.latest(), 0);
    truth.heal();
    awaitFollowed(engine);
    rows.apply(List.of(Entries.value("x", 1, "c")));
    awaitFollowed(engine);
    slow.subscription.request(1);
    awaitTold(slow, 1);
    assertThat(slow.told()).containsExactly("CREATED x");
  }

  @Test
  void rowsAreKeptForWhoSubscribedAndHasNotAskedYet() {
    SyncEngine engine =
        open(
            withoutLog()
                .changeRetention(Duration.ofMinutes(1))
                .changeRetentionMax(Duration.ofDays(1)));
    engine.submit(SyncItem.of("before", "1"), Ack.PERSISTED);
    engine.submit(SyncItem.of("before", "2"), Ack.PERSISTED);
    awaitFollowed(engine);
    Recorder slow = subscribe(engine, "", ChangePosition.latest(), 0);
    engine.submit(SyncItem.of("x", "1"), Ack.PERSISTED);
    time.advance(Duration.ofMinutes(11)); // they go every ten
    turnUntil("old rows go", () -> rows.poll(1, 1).rows().get(0).sequence() > 1);
    slow.subscription.request(1);
    awaitTold(slow, 1);
    assertThat(slow.told()).containsExactly("CREATED x");
    assertThat(slow.failure).isNull();
  }

  @Test
  void theNextStartKeepsThePlaceForAWhileInWhichSubscribersComeBack() {
    SyncEngineConfig.Builder config =
        withoutLog()
            .instanceId("one")
            .changeRetention(Duration.ofMinutes(1))
            .changeRetentionMax(Duration.ofDays(1));
    SyncEngine first = open(config);
    first.submit(SyncItem.of("x", "1"), Ack.PERSISTED);
    awaitFollowed(first);
    turnUntil("the first trim", () -> truth.calls(Operation.RETENTION) >= 1);
    long place = head();
    subscribe(first, "", ChangePosition.latest(), 0);
    turnUntil("the place is registered", () -> truth.calls(Operation.RETENTION) >= 2);
    first.submit(SyncItem.of("x", "2"), Ack.PERSISTED);
    first.submit(SyncItem.of("x", "3"), Ack.PERSISTED);
    first.close();
    time.advance(Duration.ofMinutes(5));
    long calls = truth.calls(Operation.RETENTION);

    open(config);
    time.advance(Duration.ofSeconds(30));
    turnUntil("the second's first trim", () -> truth.calls(Operation.RETENTION) > calls);
    assertThat(rows.poll(place, 1).rows().get(0).sequence()).isEqualTo(place);

    time.advance(Duration.ofMinutes(21));
    turnUntil("the place is given up", () -> rows.poll(1, 1).rows().get(0).sequence() > place);
  }

  @Test
  void aDemandThatIsNoneIsAnError() {
    SyncEngine engine = open(withoutLog());
    Recorder wrong = subscribe(engine, "", ChangePosition.earliest(), 0);
    wrong.subscription.request(0);
    turnUntil("the error", () -> wrong.failure != null);
    assertThat(wrong.failure).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatWasNotAskedForDoesNotHoldTheEndUp() {
    SyncEngine engine = open(withoutLog());
    for (int i = 0; i < 3; i++) {
      rows.apply(List.of(Entries.value("k." + i, 1, "c")));
    }
    awaitFollowed(engine);
    Recorder wrong = subscribe(engine, "", ChangePosition.earliest(), 1);
    Recorder slow = subscribe(engine, "", ChangePosition.earliest(), 1);
    awaitTold(wrong, 1);
    awaitTold(slow, 1);
    wrong.subscription.request(0);
    turnUntil("the error", () -> wrong.failure != null);
    assertThat(wrong.failure).isInstanceOf(IllegalArgumentException.class);
    engine.close();
    await("the end", () -> slow.complete);
    assertThat(wrong.told()).containsExactly("CREATED k.0");
    assertThat(slow.told()).containsExactly("CREATED k.0");
  }

  @Test
  void aDamagedRowEndsItWithAnError() {
    DamagedLog log = new DamagedLog(rows);
    SyncEngine engine = open(withoutLog(log));
    for (int i = 0; i < 3; i++) {
      engine.submit(SyncItem.of("k." + i, "1"), Ack.PERSISTED);
    }
    awaitFollowed(engine);
    log.damaged = head() - 1;
    Recorder told = subscribe(engine, "", ChangePosition.earliest(), Long.MAX_VALUE);
    turnUntil("the error", () -> told.failure != null);
    assertThat(told.failure).isInstanceOf(CorruptDataException.class);
    engine.submit(SyncItem.of("later", "1"), Ack.PERSISTED);
    awaitFollowed(engine);
    assertThat(told.events).as("the sound row before it").hasSize(1);
    assertThat(told.complete).isFalse();
  }

  @Test
  void aDamagedRowIsPassedOverByTheEngineAndWhatItChangedIsReadFromTheGroundTruth() {
    DamagedLog log = new DamagedLog(rows);
    SyncEngine engine = open(withoutLog(log));
    rows.apply(List.of(Entries.value("k.1", 1, "old")));
    awaitFollowed(engine);
    assertThat(text(engine, "k.1")).isEqualTo("old");
    Recorder told = subscribe(engine, "", ChangePosition.latest(), Long.MAX_VALUE);
    List<LogRecord> logged = new CopyOnWriteArrayList<>();
    Handler handler = new Handed(logged);
    Logger logger = Logger.getLogger("io.syncengine");
    logger.addHandler(handler);
    try {
      log.damaged = head() + 2;
      rows.apply(List.of(Entries.value("sound", 1, "c")));
      rows.apply(List.of(Entries.value("k.1", 2, "new")));
      turnUntil("the error", () -> told.failure != null);
      time.advance(Duration.ofSeconds(5));
      awaitFollowed(engine);
    } finally {
      logger.removeHandler(handler);
    }
    assertThat(told.events).hasSize(1);
    assertThat(told.failure).isInstanceOf(CorruptDataException.class);
    assertThat(logged)
        .filteredOn(record -> record.getThrown() instanceof CorruptDataException)
        .hasSize(1);
    assertThat(text(engine, "k.1")).isEqualTo("new");
    turnUntil("it is well", () -> engine.health().status() == Health.Status.UP);

    engine.submit(SyncItem.of("later", "1"), Ack.PERSISTED);
    turnUntil("pending lets go", () -> engine.stats().pendingItems() == 0);
    rows.apply(List.of(Entries.value("k.1", 3, "newer")));
    turnUntil("others are followed", () -> "newer".equals(text(engine, "k.1")));
  }

  /** Keeps what is logged. */
  private static final class Handed extends Handler {
    private final List<LogRecord> records;

    Handed(List<LogRecord> records) {
      this.records = records;
    }

    @Override
    public void publish(LogRecord record) {
      records.add(record);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @Test
  void waitsWhereTheGroundTruthFails() {
    SyncEngine engine = open(withoutLog());
    Recorder told = subscribe(engine, "", ChangePosition.earliest(), Long.MAX_VALUE);
    truth.failAll(Operation.POLL);
    rows.apply(List.of(Entries.value("x", 1, "c")));
    time.advance(Duration.ofSeconds(1));
    truth.heal();
    awaitTold(told, 1);
    assertThat(told.failure).isNull();
  }

  @Test
  void aPositionThatIsGoneEndsItWithAnErrorOfItsOwn() {
    InMemoryTier few = new InMemoryTier(new SplittableRandom(1), 10);
    SyncEngine engine = open(config(few));
    Recorder whole = subscribe(engine, "", ChangePosition.earliest(), Long.MAX_VALUE);
    few.apply(List.of(Entries.value("x", 1, "c")));
    awaitTold(whole, 1);
    ChangePosition old = whole.events.get(0).position();
    for (int i = 0; i < 50; i++) {
      few.apply(List.of(Entries.value("k." + i, 1, "c")));
    }
    turnUntil("all is followed", () -> engine.stats().changePosition() >= few.poll(1, 0).head());
    Recorder late = subscribe(engine, "", old, Long.MAX_VALUE);
    turnUntil("the end", () -> late.failure != null);
    assertThat(late.failure)
        .isInstanceOfSatisfying(
            PositionGoneException.class, e -> assertThat(e.position()).isEqualTo(old));
    Recorder kept = subscribe(engine, "", ChangePosition.earliest(), Long.MAX_VALUE);
    awaitTold(kept, 9);
    turnUntil("the newest", () -> kept.told().contains("CREATED k.49"));
    assertThat(kept.told()).doesNotContain("CREATED x", "CREATED k.0");
    Recorder foreign = subscribe(engine, "", new ChangePosition("other", 3, 7), Long.MAX_VALUE);
    turnUntil("the end", () -> foreign.failure != null);
    assertThat(foreign.failure).isInstanceOf(PositionGoneException.class);
  }

  private SyncEngineConfig.Builder config(InMemoryTier tier) {
    return withoutLog(tier);
  }

  @Test
  void aPositionIsTextAndBack() {
    ChangePosition position = new ChangePosition("0f7c-1", 42, -7);
    assertThat(ChangePosition.parse(position.toString())).isEqualTo(position);
    assertThat(ChangePosition.parse("earliest")).isEqualTo(ChangePosition.earliest());
    assertThat(ChangePosition.parse("latest")).isEqualTo(ChangePosition.latest());
    assertThatThrownBy(() -> ChangePosition.parse("0f7c-1:x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("<database>:<sequence>:<tag>");
  }
}
