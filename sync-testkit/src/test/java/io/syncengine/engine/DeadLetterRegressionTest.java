// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.SyncEngine;
import io.syncengine.model.Ack;
import io.syncengine.model.DeadLetter;
import io.syncengine.model.Receipt;
import io.syncengine.model.SyncItem;
import io.syncengine.model.TierException;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.Entry;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.InMemoryTier;
import io.syncengine.spi.ItemOutcome;
import io.syncengine.spi.WriteAheadLogConfig;
import io.syncengine.testkit.AlteredTier;
import io.syncengine.testkit.FaultyTier.Operation;
import io.syncengine.testkit.FaultyTier.Refusal;
import io.syncengine.testkit.Gate;
import io.syncengine.testkit.InMemoryLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What went wrong with writes that the ground truth refuses. */
class DeadLetterRegressionTest extends Rig {

  /** Has its capabilities only while it is open, as a log in a file has. */
  private static final class LateLog extends ForwardingLog {
    private volatile boolean open;

    LateLog(InMemoryLog inside) {
      super(inside);
    }

    @Override
    public void open(WriteAheadLogConfig config) {
      super.open(config);
      open = true;
    }

    @Override
    public <C> Optional<C> capability(Class<C> type) {
      return open ? super.capability(type) : Optional.empty();
    }

    @Override
    public void close() {
      open = false;
      super.close();
    }
  }

  /** Refuses the content {@code bad}, and is down as long as a test says so. */
  private static final class Picky extends AlteredTier {
    volatile boolean down;

    Picky(InMemoryTier inside) {
      super(inside);
    }

    @Override
    public ApplyResult apply(List<Entry> batch) {
      if (down) {
        throw new TierUnavailableException("L3", "apply", "down by order of the test", null);
      }
      List<Entry> good = batch.stream().filter(e -> !bad(e)).toList();
      ApplyResult done = good.isEmpty() ? null : super.apply(good);
      Iterator<ItemOutcome> outcomes =
          done == null ? List.<ItemOutcome>of().iterator() : done.outcomes().iterator();
      List<ItemOutcome> all = new ArrayList<>();
      for (Entry entry : batch) {
        all.add(bad(entry) ? ItemOutcome.failed("REFUSED", "bad", false) : outcomes.next());
      }
      return new ApplyResult(
          all, done == null ? null : done.row(), done == null ? 0 : done.previousTag());
    }

    private static boolean bad(Entry entry) {
      return !entry.tombstone() && entry.toItem().contentAsString().equals("bad");
    }
  }

  @Test
  void deadLettersWereLostWithTheProcessAlthoughThereWasALog() {
    LateLog file = new LateLog(log);
    truth.refuseIds(id -> id.equals("x"), Refusal.ENTRY);
    SyncEngine first = open(builder().log(file));
    first.submit(SyncItem.of("x", "refused"), Ack.LOGGED);
    assertThat(first.flush(PATIENCE).deadLettered()).isEqualTo(1);
    first.close();

    SyncEngine second = open(builder().log(file));
    List<DeadLetter> letters = second.deadLetters().list(10);
    assertThat(letters).extracting(DeadLetter::id).containsExactly("x");
    assertThat(letters.get(0).item().orElseThrow().contentAsString()).isEqualTo("refused");
    assertThat(second.status("x").deadLetter()).isPresent();
    assertThat(second.get("x")).isEmpty();
  }

  @Test
  void aRefusedWriteTookTheGoodOneBeforeItAway() {
    SyncEngine engine = open(withLog().l3(new Picky(rows)));
    engine.submit(SyncItem.of("x", "good"), Ack.LOGGED);
    engine.submit(SyncItem.of("x", "bad"), Ack.LOGGED);
    engine.flush(PATIENCE);
    engine.flush(PATIENCE);
    assertThat(engine.deadLetters().count()).isEqualTo(1);
    assertThat(text(engine, "x")).isEqualTo("good");
    assertThat(row("x")).isEqualTo("good");
  }

  @Test
  void aRefusedWriteFailedTheCallerOfTheGoodOneBeforeIt() {
    Picky tier = new Picky(rows);
    SyncEngine engine = open(withLog().l3(tier));
    tier.down = true;
    CompletableFuture<Receipt> good = engine.submitAsync(SyncItem.of("x", "good"), Ack.PERSISTED);
    CompletableFuture<Receipt> bad = engine.submitAsync(SyncItem.of("x", "bad"), Ack.PERSISTED);
    await("both are logged", () -> engine.stats().logEntries() == 2);
    tier.down = false;
    engine.flush(PATIENCE);
    assertThatThrownBy(() -> result(bad)).isInstanceOf(TierException.class);
    engine.flush(PATIENCE);
    assertThat(result(good).reached()).isEqualTo(Ack.PERSISTED);
    assertThat(text(engine, "x")).isEqualTo("good");
    assertThat(row("x")).isEqualTo("good");
  }

  @Test
  void aRefusedWriteTookTheGoodOneBeforeItAwayAtTheNextStartToo() {
    truth.failAll(Operation.APPLY);
    SyncEngine first = open(withLog());
    first.submit(SyncItem.of("x", "good"), Ack.LOGGED);
    first.submit(SyncItem.of("x", "bad"), Ack.LOGGED);
    first.close(Duration.ZERO);

    SyncEngine second = open(withLog().l3(new Picky(rows)));
    second.flush(PATIENCE);
    second.flush(PATIENCE);
    assertThat(second.deadLetters().count()).isEqualTo(1);
    assertThat(text(second, "x")).isEqualTo("good");
    assertThat(row("x")).isEqualTo("good");
  }

  @Test
  void aDeadLetterThatWasRefusedAgainUnderItsOwnVersionWasGone() {
    SyncEngine engine = open(callerMode(withLog()).l3(new Picky(rows)));
    engine.submit(item("x", 7, "bad"), Ack.LOGGED);
    engine.flush(PATIENCE);
    long number = engine.deadLetters().list(1).get(0).number();
    CompletableFuture<Receipt> again = engine.deadLetters().resend(number);
    assertThatThrownBy(() -> result(again)).isInstanceOf(TierException.class);
    assertThat(engine.deadLetters().list(10)).extracting(DeadLetter::id).containsExactly("x");
  }

  @Test
  void aWriteThatCameBackLostItsPlaceInTheLogWhenTheRefusedOneWasLogged() {
    SyncEngine engine = open(withLog());
    engine.submit(SyncItem.of("x", "B"), Ack.LOGGED);
    try (Gate gate = points.blockAt(FailPoint.LOG_APPEND)) {
      engine.submit(SyncItem.of("x", "C"), Ack.MEMORY);
      gate.awaitReached();
      truth.refuseIds("x"::equals, Refusal.ENTRY);
      time.advance(Duration.ofDays(1));
      await("C is refused", () -> engine.deadLetters().count() == 1);
      // The letter is kept first, and then the write is withdrawn.
      await("B is back", () -> "B".equals(text(engine, "x")));
      truth.failAll(Operation.APPLY);
      gate.release();
    }
    await("C is logged", () -> engine.stats().logEntries() == 2);
    engine.submit(SyncItem.of("y", "1"), Ack.LOGGED);
    for (int i = 0; i < 10; i++) {
      time.advance(Duration.ofSeconds(1));
      engine.submit(SyncItem.of("y", "y" + i), Ack.LOGGED);
    }
    truth.heal();
    assertThat(engine.flush(PATIENCE).complete()).isTrue();
    assertThat(row("x")).isEqualTo("B");
  }
}
