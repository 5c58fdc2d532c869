// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.SyncEngine;
import io.syncengine.model.Ack;
import io.syncengine.model.Health;
import io.syncengine.model.ItemStatus;
import io.syncengine.model.Outcome;
import io.syncengine.model.ReadOption;
import io.syncengine.model.ReadResult;
import io.syncengine.model.Receipt;
import io.syncengine.model.Source;
import io.syncengine.model.SyncItem;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.Entry;
import io.syncengine.spi.FailPoint;
import io.syncengine.testkit.Entries;
import io.syncengine.testkit.FaultyTier.Operation;
import io.syncengine.testkit.Gate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What went wrong where the ground truth may hold more than the engine knows. */
class DoubtRegressionTest extends Rig {
  private static final Duration POLL = Duration.ofMillis(250);

  private static Map<String, String> texts(SyncEngine engine, String... ids) {
    Map<String, String> texts = new TreeMap<>();
    engine.getAll(List.of(ids)).forEach((id, item) -> texts.put(id, item.contentAsString()));
    return texts;
  }

  /** A backlog of {@code x} at version 5, and an engine that has replayed it and cannot flush. */
  private SyncEngine withBacklog() {
    truth.failAll(Operation.APPLY);
    SyncEngine first = open(callerMode(withLog()));
    first.submit(item("x", 5, "five"), Ack.LOGGED);
    first.close(Duration.ZERO);
    return open(callerMode(withLog()));
  }

  /** All that is there; an engine's purge at its start may have a row too. */
  private void follow(SyncEngine engine) {
    long head = rows.poll(1, 0).head();
    turnUntil("the change is followed", POLL, () -> engine.stats().changePosition() >= head);
  }

  @Test
  void getAllGaveAnOwnWriteThatTheGroundTruthHadOvertaken() {
    SyncEngine engine = open(callerMode(builder()));
    foreign(Entries.value("x", 10, "ten"), Entries.value("y", 3, "three"));
    engine.submit(item("x", 5, "five"), Ack.MEMORY);
    engine.submit(item("y", 5, "five"), Ack.MEMORY);
    assertThat(texts(engine, "x", "y", "none")).isEqualTo(Map.of("x", "ten", "y", "five"));
    assertThat(text(engine, "x")).isEqualTo("ten");
  }

  @Test
  void getAllFailedForAWriteInDoubtWithTheTierDown() {
    SyncEngine engine = open(callerMode(builder()));
    engine.submit(item("x", 5, "five"), Ack.MEMORY);
    truth.failAll(Operation.LOAD);
    assertThat(texts(engine, "x")).isEqualTo(Map.of("x", "five"));
    assertThat(text(engine, "x")).isEqualTo("five");
  }

  @Test
  void getAllGaveTheLowerOfAReplayedWriteAndTheGroundTruth() {
    SyncEngine engine = withBacklog();
    foreign(Entries.value("x", 4, "four"));
    assertThat(texts(engine, "x")).isEqualTo(Map.of("x", "five"));
    foreign(Entries.value("x", 10, "ten"));
    assertThat(texts(engine, "x")).isEqualTo(Map.of("x", "ten"));
  }

  @Test
  void anOwnWriteCameBackAfterWhatHadOvertakenItWasShownWhenTheTierWentDown() {
    SyncEngine engine = withBacklog();
    truth.failAll(Operation.LOAD);
    assertThat(text(engine, "x")).isEqualTo("five");
    truth.heal();
    truth.failAll(Operation.APPLY);
    foreign(Entries.value("x", 10, "ten"));
    assertThat(text(engine, "x")).isEqualTo("ten");
    truth.failAll(Operation.LOAD);
    assertThatThrownBy(() -> engine.get("x")).isInstanceOf(TierUnavailableException.class);
    assertThatThrownBy(() -> texts(engine, "x")).isInstanceOf(TierUnavailableException.class);
  }

  @Test
  void aStartWithoutTheGroundTruthCountedAsFresh() {
    withBacklog().close(Duration.ZERO);
    truth.failAll();
    SyncEngine engine = open(callerMode(withLog()));
    assertThat(engine.read("x").stale()).isTrue();
    truth.heal();
    turnUntil("the end of the log is seen", POLL, () -> !engine.read("x").stale());
  }

  @Test
  void aReplayedWriteWasNotMarkedAsStaleWhenTheGroundTruthCouldNotBeAsked() {
    SyncEngine engine = withBacklog();
    assertThat(engine.read("x").stale()).isFalse();
    truth.failAll(Operation.LOAD);
    ReadResult result = engine.read("x");
    assertThat(result.source()).isEqualTo(Source.PENDING);
    assertThat(result.stale()).isTrue();
    assertThat(engine.health().status()).isEqualTo(Health.Status.DEGRADED);
    truth.heal();
    assertThat(engine.read("x").stale()).isFalse();
  }

  @Test
  void anItemAsReadWasShownOverANewerOneWithTheTierDown() {
    SyncEngine engine = open(withLog().l1MaxBytes(64 << 10));
    SyncItem old = stored(engine, "x", "old");
    stored(engine, "x", "new");
    evict(engine, "x");
    truth.failAll(Operation.LOAD, Operation.APPLY);
    engine.submit(old, Ack.LOGGED);
    assertThatThrownBy(() -> engine.get("x")).isInstanceOf(TierUnavailableException.class);
    assertThatThrownBy(() -> texts(engine, "x")).isInstanceOf(TierUnavailableException.class);
    ReadResult known = engine.read("x", ReadOption.ALLOW_STALE);
    assertThat(known.stale()).isTrue();
    assertThat(known.item().orElseThrow().contentAsString()).isEqualTo("old");
    truth.heal();
    assertThat(text(engine, "x")).isEqualTo("new");
    assertThat(texts(engine, "x")).isEqualTo(Map.of("x", "new"));
    engine.flush(PATIENCE);
    assertThat(row("x")).isEqualTo("new");
  }

  private static SyncItem stored(SyncEngine engine, String id, String content) {
    engine.submit(SyncItem.of(id, content), Ack.PERSISTED);
    return engine.get(id).orElseThrow();
  }

  private static void evict(SyncEngine engine, String id) {
    for (int i = 0; engine.status(id).tiers().get(0).state() == ItemStatus.State.LIVE; i++) {
      assertThat(i).as("writes until it is evicted").isLessThan(1000);
      engine.submit(SyncItem.of("filler." + i, "f".repeat(1000)), Ack.PERSISTED);
    }
  }

  @Test
  void aScanAfterARestartAskedForEachReplayedWriteByItself() {
    truth.failAll(Operation.APPLY);
    SyncEngine first = open(withLog());
    for (int i = 0; i < 1200; i++) {
      first.submit(SyncItem.of("x." + i, "1"), Ack.LOGGED);
    }
    first.close(Duration.ZERO);
    SyncEngine engine = open(withLog());
    long loads = truth.calls(Operation.LOAD);
    assertThat(engine.scan("x")).hasSize(1200);
    assertThat(truth.calls(Operation.LOAD) - loads).isLessThanOrEqualTo(4);
  }

  @Test
  void scanShowedAReplayedWriteBelowATombstone() {
    SyncEngine engine = withBacklog();
    foreign(Entries.value("a", 1, "a"), Entries.tombstone("x", 10), Entries.value("z", 1, "z"));
    assertThat(engine.scan("").map(SyncItem::id)).containsExactly("a", "z");
  }

  @Test
  void scanHidAReplayedWriteAboveATombstone() {
    SyncEngine engine = withBacklog();
    foreign(Entries.tombstone("x", 4));
    assertThat(engine.scan("").map(SyncItem::contentAsString)).containsExactly("five");
  }

  @Test
  void aWriteKnownToBeOvertakenWasShownWithTheTierDown() {
    SyncEngine engine = open(callerMode(builder()));
    engine.submit(item("x", 5, "five"), Ack.MEMORY);
    foreign(Entries.value("x", 10, "ten"));
    follow(engine);
    assertThat(text(engine, "x")).isEqualTo("ten");
    truth.failAll(Operation.LOAD);
    assertThatThrownBy(() -> engine.get("x")).isInstanceOf(TierUnavailableException.class);
    assertThatThrownBy(() -> engine.read("x")).isInstanceOf(TierUnavailableException.class);
    assertThatThrownBy(() -> engine.getAll(List.of("x")))
        .isInstanceOf(TierUnavailableException.class);
  }

  /**
   * Writes {@code 150} to {@code x} and lets something happen while the write stands at a step.
   *
   * @return what the write came to
   */
  private Receipt slowWrite(SyncEngine engine, FailPoint step, Ack ack, Runnable meanwhile) {
    try (Gate gate = points.blockAt(step)) {
      CompletableFuture<Receipt> slow = begin(() -> engine.submit(SyncItem.of("x", "150"), ack));
      gate.awaitReached(slow);
      meanwhile.run();
      gate.release();
      return result(slow);
    }
  }

  private Receipt slowLoggedWrite(SyncEngine engine, Runnable meanwhile) {
    return slowWrite(engine, FailPoint.LOG_APPEND, Ack.LOGGED, meanwhile);
  }

  private void commitAndFollow(SyncEngine engine, Entry foreign) {
    foreign(foreign);
    follow(engine);
  }

  @Test
  void aSlowWriteWasShownOverAHigherOneThatMemoryHeld() {
    SyncEngine engine = open(withLog());
    Receipt slow =
        slowLoggedWrite(
            engine,
            () -> {
              commitAndFollow(engine, Entries.value("x", later(), "200"));
              assertThat(text(engine, "x")).isEqualTo("200");
            });
    assertThat(slow.outcome()).isIn(Outcome.SUPERSEDED, Outcome.APPLIED);
    assertThat(text(engine, "x")).isEqualTo("200");
    assertThat(texts(engine, "x")).isEqualTo(Map.of("x", "200"));
    assertThat(engine.scan("").map(SyncItem::contentAsString)).containsExactly("200");
    engine.flush(PATIENCE);
    assertThat(row("x")).isEqualTo("200");
  }

  @Test
  void aSlowWriteWasShownOverAHigherOneThatWasFollowedAndRead() {
    SyncEngine engine = open(withLog());
    slowLoggedWrite(
        engine,
        () -> {
          commitAndFollow(engine, Entries.value("x", later(), "200"));
          // A scan does not fill memory.
          assertThat(engine.scan("").map(SyncItem::contentAsString)).containsExactly("200");
        });
    assertThat(text(engine, "x")).isEqualTo("200");
  }

  @Test
  void aSlowWriteWasShownOverAHigherDeleteThatWasFollowed() {
    SyncEngine engine = open(withLog());
    slowLoggedWrite(
        engine,
        () -> {
          commitAndFollow(engine, Entries.tombstone("x", later()));
          assertThat(text(engine, "x")).isNull();
        });
    assertThat(text(engine, "x")).isNull();
  }

  @Test
  void aSlowWriteWithoutALogWasShownOverAHigherOneThatMemoryHeld() {
    SyncEngine engine = open(builder());
    slowWrite(
        engine,
        FailPoint.PUBLISH,
        Ack.MEMORY,
        () -> {
          commitAndFollow(engine, Entries.value("x", later(), "200"));
          assertThat(text(engine, "x")).isEqualTo("200");
        });
    assertThat(text(engine, "x")).isEqualTo("200");
  }

  @Test
  void aSlowWriteWasShownOverAHigherOneReadBeforeTheFollowerPassedIt() {
    SyncEngine engine = open(withLog());
    slowLoggedWrite(
        engine,
        () -> {
          foreign(Entries.value("x", later(), "200"));
          assertThat(text(engine, "x")).isEqualTo("200");
        });
    assertThat(text(engine, "x")).isEqualTo("200");
  }

  @Test
  void anItemAsReadWasTrustedAfterTheGroundTruthHadBeenJoined() {
    SyncEngine first = open(builder());
    SyncItem old = stored(first, "x", "old");
    stored(first, "x", "new");
    first.close();
    truth.failAll();
    SyncEngine engine = open(withLog());
    engine.submit(old, Ack.LOGGED);
    assertThatThrownBy(() -> engine.get("x")).isInstanceOf(TierUnavailableException.class);
    truth.heal();
    truth.failAll(Operation.APPLY);
    long polls = truth.calls(Operation.POLL);
    turnUntil("it is joined", POLL, () -> truth.calls(Operation.POLL) > polls + 1);
    assertThat(text(engine, "x")).isEqualTo("new");
    truth.failAll();
    assertThatThrownBy(() -> engine.get("x")).isInstanceOf(TierUnavailableException.class);
  }

  @Test
  void aWriteBelowWhatWasFollowedWasShownOverIt() {
    SyncEngine engine = open(callerMode(withLog()));
    engine.submit(item("x", 5, "five"), Ack.MEMORY);
    foreign(Entries.value("x", 10, "ten"));
    follow(engine);
    assertThat(text(engine, "x")).isEqualTo("ten");
    assertThat(engine.submit(item("x", 7, "seven"), Ack.LOGGED).outcome()).isEqualTo(Outcome.STALE);
    assertThat(text(engine, "x")).isEqualTo("ten");
    truth.failAll(Operation.LOAD);
    assertThatThrownBy(() -> engine.get("x")).isInstanceOf(TierUnavailableException.class);
  }
}
