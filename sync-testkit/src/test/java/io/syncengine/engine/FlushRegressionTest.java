// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.SyncEngine;
import io.syncengine.SyncEngineConfig;
import io.syncengine.model.Ack;
import io.syncengine.model.CorruptDataException;
import io.syncengine.model.DrainReport;
import io.syncengine.model.Health;
import io.syncengine.model.Receipt;
import io.syncengine.model.SyncItem;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.Entry;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.InMemoryTier;
import io.syncengine.spi.ItemOutcome;
import io.syncengine.spi.LogPlace;
import io.syncengine.testkit.AlteredTier;
import io.syncengine.testkit.FaultyTier;
import io.syncengine.testkit.FaultyTier.Operation;
import io.syncengine.testkit.InMemoryLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What went wrong on the way from pending to the ground truth. */
class FlushRegressionTest extends Rig {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration TICK = Duration.ofMillis(100);
  private static final Duration SHORT = Duration.ofMillis(100);

  /** An entry of one id is damaged on disk. */
  private static final class DamagedLog extends ForwardingLog {
    DamagedLog(InMemoryLog inside) {
      super(inside);
    }

    @Override
    public Optional<Entry> read(LogPlace place) {
      Optional<Entry> entry = super.read(place);
      if (entry.isPresent() && entry.get().id().equals("damaged")) {
        throw new CorruptDataException("damaged by order of the test", "damaged", "", "");
      }
      return entry;
    }
  }

  /** Says of one id that it may succeed later. */
  private static final class Busy extends AlteredTier {
    volatile boolean busy = true;

    Busy(InMemoryTier inside) {
      super(inside);
    }

    @Override
    public ApplyResult apply(List<Entry> batch) {
      List<Entry> others = batch.stream().filter(e -> !busy(e)).toList();
      ApplyResult done =
          others.isEmpty() ? new ApplyResult(List.of(), null, 0) : super.apply(others);
      Iterator<ItemOutcome> outcomes = done.outcomes().iterator();
      List<ItemOutcome> all = new ArrayList<>();
      batch.forEach(
          e -> all.add(busy(e) ? ItemOutcome.failed("BUSY", "locked", true) : outcomes.next()));
      return new ApplyResult(all, done.row(), done.previousTag());
    }

    private boolean busy(Entry entry) {
      return busy && entry.id().equals("busy");
    }
  }

  /** Runs into its time-out whenever one id is in the batch. */
  private static final class Slow extends AlteredTier {
    volatile boolean slow = true;

    Slow(InMemoryTier inside) {
      super(inside);
    }

    @Override
    public ApplyResult apply(List<Entry> batch) {
      if (slow && batch.stream().anyMatch(e -> e.id().equals("slow"))) {
        throw new TierUnavailableException("L3", "apply", "timed out by order of the test", null);
      }
      return super.apply(batch);
    }
  }

  private static SyncEngineConfig.Builder retryHourly(SyncEngineConfig.Builder builder) {
    return builder.retryMin(HOUR).retryMax(HOUR);
  }

  private void failOneFlush(SyncEngine engine) {
    truth.failNext(1, Operation.APPLY);
    engine.submitAsync(SyncItem.of("x", "1"), Ack.PERSISTED);
    await("a flush fails", () -> engine.stats().flushFailures() == 1);
  }

  @Test
  void flushWaitedOutTheFlushersRetryPause() {
    SyncEngine engine = open(retryHourly(builder()));
    failOneFlush(engine);
    assertThat(engine.flush(PATIENCE).complete()).isTrue();
    assertThat(row("x")).isEqualTo("1");
  }

  @Test
  void aGroundTruthThatWasJoinedWaitedForTheFlushersRetryPause() {
    truth.failAll();
    SyncEngine engine = open(retryHourly(withLog()).batchFlushInterval(TICK));
    time.advance(Duration.ofMinutes(50));
    engine.submitAsync(SyncItem.of("x", "1"), Ack.PERSISTED);
    await("a flush fails", () -> engine.stats().flushFailures() == 1);
    truth.heal();
    long opens = truth.calls(Operation.OPEN);
    turnUntil("it is opened", Duration.ofMinutes(1), () -> truth.calls(Operation.OPEN) > opens);
    await("the backlog is flushed while the clock stands still", () -> row("x") != null);
  }

  @Test
  void aWriteThatSomebodyWaitedForLostItsHurryWithTheFirstTry() {
    SyncEngine engine = open(builder());
    truth.failNext(1, Operation.APPLY);
    CompletableFuture<Receipt> write = engine.submitAsync(SyncItem.of("x", "1"), Ack.PERSISTED);
    await("a flush fails", () -> engine.stats().flushFailures() == 1);
    // The pause after one failure is 50 ms; its caller gives up after 5 s.
    time.advance(Duration.ofSeconds(1));
    assertThat(result(write).reached()).isEqualTo(Ack.PERSISTED);
  }

  @Test
  void aWriteThatWasTriedAgainAndAgainHeldUpAllOthersForTheLongestPause() {
    Busy tier = new Busy(rows);
    SyncEngine engine = open(retryHourly(builder()).batchFlushInterval(TICK).l3(tier));
    engine.submit(SyncItem.of("busy", "1"), Ack.MEMORY);
    turnUntil("a try", TICK, () -> engine.stats().flushFailures() > 0);
    for (int i = 0; i < 20; i++) {
      // Not one pause in between: time stands still.
      engine.submit(SyncItem.of("o." + i, "1"), Ack.PERSISTED);
    }
    assertThat(engine.health().reasons().toString()).contains("locked");
    tier.busy = false;
    turnUntil("its pause is over", Duration.ofMinutes(5), () -> row("busy") != null);
    // A poll that began before the last turn of the clock leaves the next one to another turn.
    turnUntil("health", TICK, () -> engine.health().status() == Health.Status.UP);
  }

  @Test
  void aWriteThatMadeItsBatchTimeOutHeldUpAllOthersForGood() {
    Slow tier = new Slow(rows);
    SyncEngine engine = open(builder().l3(tier));
    for (int i = 0; i < 300; i++) {
      engine.submit(SyncItem.of(i == 7 ? "slow" : "o." + i, "1"), Ack.MEMORY);
    }
    CompletableFuture<Receipt> last = engine.submitAsync(SyncItem.of("last", "1"), Ack.MEMORY);
    assertThat(last).isDone();
    CompletableFuture<DrainReport> flush = begin(() -> engine.flush(PATIENCE));
    turnUntil("all others are through", Duration.ofMillis(50), () -> rows.count() == 300);
    tier.slow = false;
    turnUntil("its pause is over", TICK, flush::isDone);
    assertThat(result(flush).complete()).isTrue();
    assertThat(row("slow")).isEqualTo("1");
  }

  @Test
  void oneDamagedEntryOfTheLogStoppedAllFlushing() {
    SyncEngine engine = open(builder().log(new DamagedLog(log)).l1MaxBytes(1 << 20));
    byte[] large = new byte[100_000];
    for (int i = 0; i < 6; i++) {
      engine.submit(SyncItem.of("k." + i, large), Ack.LOGGED);
    }
    engine.submit(SyncItem.of("damaged", large), Ack.LOGGED);
    engine.submit(SyncItem.of("other", large), Ack.LOGGED);
    assertThat(engine.stats().spilledItems()).isEqualTo(3);
    engine.flush(SHORT);
    for (int i = 0; i < 6; i++) {
      assertThat(row("k." + i)).isNotNull();
    }
    turnUntil("the one behind it", TICK, () -> row("other") != null);
    assertThat(row("damaged")).isNull();
    engine.submit(SyncItem.of("damaged", "written again"), Ack.PERSISTED);
    assertThat(row("damaged")).isEqualTo("written again");
  }

  /** Leaves {@code x} in the log and closes. */
  private void leaveABacklog() {
    truth.failAll(Operation.APPLY);
    SyncEngine engine = open(withLog());
    engine.submit(SyncItem.of("x", "1"), Ack.LOGGED);
    engine.close(Duration.ZERO);
    truth.heal();
  }

  @Test
  void aReadOnlyEngineFlushedTheLog() {
    leaveABacklog();
    long applies = truth.calls(Operation.APPLY);
    SyncEngine engine = open(withLog().readOnly(true).batchFlushCount(1));
    assertThat(text(engine, "x")).isEqualTo("1");
    turnUntil("a poll", Duration.ofDays(1), () -> truth.calls(Operation.POLL) > 2);
    engine.close();
    assertThat(row("x")).isNull();
    assertThat(truth.calls(Operation.APPLY)).isEqualTo(applies);
  }

  @Test
  void aReadOnlyEngineFlushedTheLogWhenItJoinedALateGroundTruth() {
    leaveABacklog();
    truth.failAll();
    long applies = truth.calls(Operation.APPLY);
    SyncEngine engine = open(withLog().readOnly(true));
    assertThat(text(engine, "x")).isEqualTo("1");
    truth.heal();
    long polls = truth.calls(Operation.POLL);
    turnUntil("it joins", TICK, () -> truth.calls(Operation.POLL) > polls + 2);
    assertThat(text(engine, "x")).isEqualTo("1");
    engine.close();
    assertThat(row("x")).isNull();
    assertThat(truth.calls(Operation.APPLY)).isEqualTo(applies);
  }

  @Test
  void theBacklogWentIntoAForeignDatabaseBeforeThatWasChecked() {
    leaveABacklog();
    InMemoryTier foreign = opened(new InMemoryTier());
    FaultyTier road = new FaultyTier(foreign);
    CompletableFuture<Void> checking = new CompletableFuture<>();
    CompletableFuture<Void> goOn = new CompletableFuture<>();
    ForwardingLog slow =
        new ForwardingLog(log) {
          @Override
          public Optional<String> state(String key) {
            if (key.equals("database_id") && road.calls(Operation.OPEN) > 1) {
              checking.complete(null);
              result(goOn);
            }
            return super.state(key);
          }
        };
    road.failAll(Operation.OPEN);
    SyncEngine engine = open(builder().log(slow).l3(road));
    road.heal();
    turnUntil("it is opened", TICK, checking::isDone);
    assertThat(engine.flush(SHORT).complete()).isFalse();
    assertThat(foreign.count()).isZero();
    goOn.complete(null);
    turnUntil(
        "it is refused", TICK, () -> String.valueOf(engine.health()).contains("another database"));
    assertThat(engine.flush(SHORT).waitingInLog()).isEqualTo(1);
    assertThat(foreign.count()).isZero();
    assertThat(engine.health().status()).isNotEqualTo(Health.Status.UP);
    assertThat(text(engine, "x")).isEqualTo("1");
  }

  @Test
  void aBatchThatFailedBeforeItWasSentWasForgotten() {
    SyncEngine engine = open(withLog());
    points.throwAt(FailPoint.FLUSH_TAKE, 1, () -> new IllegalStateException("by the test"));
    engine.submit(SyncItem.of("x", "1"), Ack.LOGGED);
    CompletableFuture<DrainReport> flush = begin(() -> engine.flush(PATIENCE));
    turnUntil("it is tried again", TICK, flush::isDone);
    assertThat(result(flush).complete()).isTrue();
    assertThat(row("x")).isEqualTo("1");
  }
}
