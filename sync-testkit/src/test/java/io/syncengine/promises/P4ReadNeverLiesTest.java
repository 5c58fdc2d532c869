// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.promises;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.SyncEngine;
import io.syncengine.model.Ack;
import io.syncengine.model.CorruptDataException;
import io.syncengine.model.Health;
import io.syncengine.model.ItemStatus;
import io.syncengine.model.ReadOption;
import io.syncengine.model.ReadResult;
import io.syncengine.model.Source;
import io.syncengine.model.SyncItem;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.Entry;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.LoadResult;
import io.syncengine.testkit.CrashPoints;
import io.syncengine.testkit.FaultyTier;
import io.syncengine.testkit.FaultyTier.Operation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** P4: a read never lies. */
class P4ReadNeverLiesTest extends Promise {
  @Test
  void aTierThatCannotBeAskedIsNeverAbsent() {
    neverAbsent(new CrashPoints());
  }

  @Test
  void failsWhenFailuresReadAsAbsent() {
    breaksWithout(FailPoint.TIER_UNAVAILABLE, this::neverAbsent);
  }

  private void neverAbsent(CrashPoints points) {
    SyncEngine writer = open(withoutLog(anotherRoad()).failPoints(points));
    writer.submit(SyncItem.of("x", "1"), Ack.PERSISTED);
    SyncEngine engine = open(withLog().failPoints(points));
    truth.failAll(Operation.LOAD, Operation.SCAN);
    for (String id : List.of("x", "never")) {
      unavailable(() -> engine.get(id));
      unavailable(() -> engine.contains(id));
      unavailable(() -> engine.read(id));
      unavailable(() -> engine.read(id, ReadOption.ALLOW_STALE));
      unavailable(() -> engine.getVerified(id));
      unavailable(() -> engine.getAll(List.of(id)));
      unavailable(
          () ->
              engine.getOrCompute(
                  id,
                  absent -> {
                    throw new AssertionError("computed what may be there");
                  }));
      assertThat(failure(engine.getAsync(id))).isInstanceOf(TierUnavailableException.class);
    }
    unavailable(() -> engine.scan("").toList());
    truth.heal();
    turnUntil("the breaker closes", () -> engine.health().status() == Health.Status.UP);
    assertThat(engine.get("never")).isEmpty();
    assertThat(text(engine, "x")).isEqualTo("1");
  }

  private static void unavailable(ThrowingCallable read) {
    assertThatThrownBy(read).isInstanceOf(TierUnavailableException.class);
  }

  @Test
  void aBulkReadTellsWhatItFoundAllTheSame() {
    SyncEngine engine = open(withLog());
    engine.submit(SyncItem.of("here", "1"));
    truth.failAll(Operation.LOAD);
    assertThatThrownBy(() -> engine.getAll(List.of("there", "here")))
        .isInstanceOfSatisfying(
            TierUnavailableException.class,
            e -> {
              assertThat(e.found()).containsOnlyKeys("here");
              assertThat(e.tier()).isEqualTo("L3");
              assertThat(e.retryable()).isTrue();
            });
  }

  @Test
  void aTierThatHangsEndsInItsTimeOut() {
    FaultyTier hanging = new FaultyTier(rows, time);
    SyncEngine engine = open(withoutLog(hanging).tierTimeout(Duration.ofMillis(700)));
    hanging.hang(Operation.LOAD);
    CompletableFuture<Optional<SyncItem>> read = engine.getAsync("x");
    hanging.awaitHeld(1);
    time.advance(Duration.ofMillis(700));
    assertThat(failure(read)).isInstanceOf(TierUnavailableException.class);
    hanging.heal();
    assertThat(engine.get("x")).isEmpty();
  }

  @Test
  void onRequestTheLastKnownValueComesMarkedAsStale() {
    SyncEngine engine = open(withLog());
    engine.submit(SyncItem.of("x", "1"), Ack.PERSISTED);
    turnUntil("pending lets go", () -> engine.stats().pendingItems() == 0);
    time.advance(Duration.ofMillis(500));
    truth.failAll();
    assertThatThrownBy(() -> engine.read("x", ReadOption.SKIP_L1))
        .isInstanceOf(TierUnavailableException.class);
    ReadResult result = engine.read("x", ReadOption.SKIP_L1, ReadOption.ALLOW_STALE);
    assertThat(result.item().orElseThrow().contentAsString()).isEqualTo("1");
    assertThat(result.stale()).isTrue();
    assertThat(result.source()).isEqualTo(Source.L1);
    assertThat(result.age()).isGreaterThanOrEqualTo(Duration.ofMillis(500));
  }

  @Test
  void whoCannotReadTheChangeLogMarksWhatMemoryGivesAsStale() {
    SyncEngine engine = open(withLog());
    engine.submit(SyncItem.of("x", "1"), Ack.PERSISTED);
    assertThat(engine.read("x").stale()).isFalse();
    truth.failAll(Operation.POLL);
    turnUntil("the bound", () -> engine.read("x").stale());
    assertThat(engine.read("x").item()).isPresent();
    assertThat(engine.health().status()).isEqualTo(Health.Status.DEGRADED);
    assertThat(engine.health().reasons().toString()).contains("may be stale");
    truth.heal();
    turnUntil("healed", () -> !engine.read("x").stale());
    turnUntil("up", () -> engine.health().status() == Health.Status.UP);
  }

  @Test
  void anAcceptedDeleteSaysAbsentEvenWhileTheGroundTruthIsDown() {
    SyncEngine engine = open(withLog());
    truth.failAll();
    engine.delete("x");
    assertThat(engine.get("x")).isEmpty();
    assertThat(engine.read("x").revision()).isPresent();
    assertThat(engine.read("x").source()).isEqualTo(Source.PENDING);
  }

  @Test
  void statusSaysUnknownNotMissing() {
    SyncEngine engine = open(withLog());
    assertThat(last(engine.status("x")).state()).isEqualTo(ItemStatus.State.MISSING);
    truth.failAll();
    assertThat(last(engine.status("x")).state()).isEqualTo(ItemStatus.State.UNKNOWN);
  }

  private static ItemStatus.TierStatus last(ItemStatus status) {
    return status.tiers().get(status.tiers().size() - 1);
  }

  @Test
  void aVerifiedReadFindsContentThatIsNotWhatWasWritten() {
    HookedTier hooked = new HookedTier(rows);
    SyncEngine engine = open(withoutLog(hooked));
    SyncEngine writer = open(withoutLog(anotherRoad()));
    writer.submit(SyncItem.of("x", "right"), Ack.PERSISTED);
    hooked.onNextLoad(
        result -> {
          Entry right = result.found().get("x");
          byte[] other = "wrong".getBytes(StandardCharsets.UTF_8);
          Entry wrong =
              right.toBuilder().value(right.revision(), Entry.IDENTITY_CODEC, other).build();
          return new LoadResult(Map.of("x", wrong), result.head());
        });
    assertThatThrownBy(() -> engine.getVerified("x"))
        .isInstanceOfSatisfying(
            CorruptDataException.class,
            e -> {
              assertThat(e.id()).isEqualTo("x");
              assertThat(e.expected()).isNotEqualTo(e.actual());
            });
    assertThat(engine.getVerified("x").orElseThrow().contentAsString()).isEqualTo("right");
    assertThat(text(engine, "x")).isEqualTo("right");
  }

  @Test
  void aScanThatIsCutOffFailsAndDoesNotEnd() {
    SyncEngine engine = open(withLog());
    for (int i = 0; i < 1200; i++) {
      engine.submitAsync(SyncItem.of(String.format("k.%04d", i), "v"), Ack.MEMORY);
    }
    assertThat(engine.flush().complete()).isTrue();
    turnUntil("pending lets go", () -> engine.stats().pendingItems() == 0);
    var scan = engine.scan("k").iterator();
    assertThat(scan.next().id()).isEqualTo("k.0000");
    truth.failAll(Operation.SCAN);
    assertThatThrownBy(() -> scan.forEachRemaining(item -> {}))
        .isInstanceOf(TierUnavailableException.class);
  }
}
