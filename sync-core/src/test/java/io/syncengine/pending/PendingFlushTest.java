// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.pending;

import static io.syncengine.pending.PendingRig.change;
import static io.syncengine.pending.PendingRig.entry;
import static io.syncengine.pending.PendingRig.tie;
import static io.syncengine.pending.PendingRig.tombstone;
import static io.syncengine.pending.PendingRig.waiter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.model.Ack;
import io.syncengine.model.Outcome;
import io.syncengine.model.Receipt;
import io.syncengine.spi.ChangeRow;
import io.syncengine.spi.Entry;
import io.syncengine.spi.ItemOutcome.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How writes go down, when they leave, and what those who wait for them are told. */
class PendingFlushTest {
  private final PendingRig rig = new PendingRig();
  private final Pending pending = rig.pending;

  private static void assertPersisted(Waiter waiter, Outcome outcome) {
    assertThat(waiter.future()).isCompleted();
    Receipt receipt = waiter.future().join();
    assertThat(receipt.reached()).isEqualTo(Ack.PERSISTED);
    assertThat(receipt.outcome()).isEqualTo(outcome);
  }

  private void fail(String id, Retry how) {
    pending.landed(Map.of(id, how), tries -> 10);
  }

  @Test
  void aBatchIsSortedByIdAndHasAnIdOnce() {
    // The code units of the first two sort the other way round.
    List<Entry> sorted = List.of(entry("a", 2), entry("\uff5e", 1), entry("\ud83d\ude00", 1));
    rig.publish(sorted.get(2));
    rig.publish(sorted.get(1));
    rig.publish(entry("a", 1));
    rig.publish(sorted.get(0));
    assertThat(pending.waiting().count()).isEqualTo(3);
    assertThat(rig.take()).isEqualTo(sorted);
    assertThat(pending.waiting().count()).isZero();
    assertThat(rig.take()).isEmpty();
  }

  @Test
  void whatIsCommittedOrGoneIsNotSent() {
    rig.publish(entry("a", 1));
    pending.confirm(entry("a", 1), Kind.APPLIED, true);
    rig.publish(entry("b", 1));
    pending.withdraw(entry("b", 1), new IllegalStateException("refused"));
    assertThat(rig.take()).isEmpty();
  }

  @Test
  void oneThatFailedIsSentAgain() {
    Entry write = entry("a", 1);
    rig.publish(write);
    rig.take();
    fail("a", Retry.LATER);
    assertThat(pending.failed()).isEqualTo(1);
    assertThat(rig.take()).isEmpty();
    rig.nanos = 10;
    assertThat(rig.take()).containsExactly(write);
    fail("a", Retry.LATER);
    pending.retryNow();
    assertThat(rig.take()).containsExactly(write);
    assertThat(pending.failed()).isZero();
  }

  @Test
  void theAgeOfTheOldestWriteGrowsUntilItIsThrough() {
    assertThat(pending.oldestNanos()).isZero();
    rig.publish(entry("a", 1));
    rig.nanos = 5;
    rig.publish(entry("a", 2));
    rig.publish(entry("b", 1));
    assertThat(pending.oldestNanos()).isEqualTo(5);
    rig.take();
    rig.nanos = 7;
    assertThat(pending.oldestNanos()).as("in flight").isEqualTo(7);
    rig.land();
    assertThat(pending.oldestNanos()).isZero();
  }

  @Test
  void aWriteLeavesWhenItsChangeIsFollowed() {
    Entry write = entry("a", 1);
    rig.publish(write);
    assertThat(pending.confirm(write, Kind.APPLIED, true)).isFalse();
    assertThat(pending.count()).isEqualTo(1);
    assertThat(pending.unconfirmed()).isZero();
    assertThat(pending.unconfirmed("a")).isEmpty();
    pending.followed(change(write));
    assertThat(pending.count()).isZero();
    assertThat(pending.memoryBytes()).isZero();
    assertThat(rig.shown("a")).as("memory keeps it").isEqualTo("v1");
  }

  @Test
  void aWriteWhoseChangeWasFollowedFirstLeavesWithItsCommit() {
    Entry write = entry("a", 1);
    rig.publish(write);
    pending.followed(change(write));
    assertThat(pending.count()).isEqualTo(1);
    pending.followed(change(tie("b", 1).get(0)));
    pending.confirm(write, Kind.APPLIED, true);
    assertThat(pending.count()).isZero();
  }

  @Test
  void withoutAFollowerAWriteLeavesWithItsCommit() {
    rig.publish(entry("a", 1));
    pending.confirm(entry("a", 1), Kind.APPLIED, false);
    assertThat(pending.count()).isZero();
  }

  @Test
  void aNewerWriteStaysWhenAnOlderOneIsCommittedOrFollowed() {
    rig.publish(entry("a", 2));
    pending.confirm(entry("a", 1), Kind.APPLIED, false);
    pending.followed(change(entry("a", 1)));
    assertThat(pending.find("a").entry().version()).isEqualTo(2);
    assertThat(pending.unconfirmed()).isEqualTo(1);
  }

  @Test
  void aStaleWriteGoesWithWhatMemoryShowsOfIt() {
    rig.publish(entry("a", 1));
    assertThat(pending.confirm(entry("a", 1), Kind.STALE, true)).isTrue();
    assertThat(pending.find("a")).isNull();
    assertThat(rig.shown("a")).isNull();
    assertThat(pending.confirm(entry("a", 1), Kind.STALE, true)).as("already gone").isTrue();
    assertThat(pending.confirm(entry("a", 1), Kind.APPLIED, true)).isFalse();
  }

  @Test
  void settlingRemovesExactlyWhatIsCommitted() {
    rig.publish(entry("a", 1));
    rig.publish(entry("b", 2));
    rig.publish(entry("c", 1));
    pending.confirm(entry("a", 1), Kind.APPLIED, true);
    pending.confirm(entry("b", 2), Kind.APPLIED, true);
    pending.settle(List.of(entry("a", 1), entry("b", 1), entry("c", 1), entry("d", 1)));
    assertThat(pending.find("a")).isNull();
    assertThat(pending.find("b")).as("another write of the id").isNotNull();
    assertThat(pending.find("c")).as("not committed").isNotNull();
  }

  @Test
  void anOwnRowLetsItsWritesGo() {
    rig.publish(entry("a", 1));
    rig.publish(entry("b", 2));
    rig.publish(entry("c", 1));
    pending.confirm(entry("a", 1), Kind.APPLIED, true);
    pending.confirm(entry("b", 2), Kind.APPLIED, true);
    pending.passed(
        new ChangeRow(
            1,
            1,
            "me",
            0,
            List.of(
                change(entry("a", 1)),
                change(entry("b", 1)),
                change(entry("c", 1)),
                change(entry("d", 1)))));
    assertThat(pending.find("a")).isNull();
    assertThat(pending.find("b")).isNotNull();
    assertThat(pending.find("c")).isNotNull();
  }

  @Test
  void whoWaitsIsToldWhatBecameOfTheWrite() {
    record Case(Kind kind, boolean versionGiven, Outcome told) {}
    for (Case each :
        List.of(
            new Case(Kind.APPLIED, false, Outcome.APPLIED),
            new Case(Kind.APPLIED, true, Outcome.APPLIED),
            new Case(Kind.UNCHANGED, true, Outcome.UNCHANGED),
            // A try whose answer was lost has written it.
            new Case(Kind.UNCHANGED, false, Outcome.APPLIED),
            new Case(Kind.STALE, false, Outcome.SUPERSEDED))) {
      PendingRig own = new PendingRig();
      Entry write = entry("a", 1);
      Waiter waiter = waiter(write, each.versionGiven);
      own.publish(write, waiter);
      assertThat(waiter.future()).isNotDone();
      own.pending.confirm(write, each.kind, false);
      assertPersisted(waiter, each.told);
    }
  }

  @Test
  void aCommitAnswersThoseBelowItAndNobodyElse() {
    List<Entry> tie = tie("a", 2);
    List<Waiter> waiters = new ArrayList<>();
    for (Entry write : List.of(entry("a", 1), tie.get(0), tie.get(1), entry("a", 3))) {
      Waiter waiter = waiter(write);
      waiters.add(waiter);
      rig.publish(write, waiter);
    }
    pending.confirm(tie.get(0), Kind.APPLIED, true);
    assertPersisted(waiters.get(0), Outcome.SUPERSEDED);
    assertPersisted(waiters.get(1), Outcome.APPLIED);
    assertThat(waiters.get(2).future()).isNotDone();
    pending.confirm(entry("a", 3), Kind.APPLIED, true);
    assertPersisted(waiters.get(2), Outcome.SUPERSEDED);
    assertPersisted(waiters.get(3), Outcome.APPLIED);
  }

  @Test
  void whatIsCommittedAlreadyIsAnsweredAtOnce() {
    rig.publish(entry("a", 5));
    pending.confirm(entry("a", 5), Kind.APPLIED, true);
    Waiter same = waiter(entry("a", 5));
    assertThat(rig.publish(entry("a", 5), same)).isEqualTo(Outcome.UNCHANGED);
    assertPersisted(same, Outcome.UNCHANGED);
    rig.memory.put(entry("b", 5).toItem());
    Waiter lower = waiter(entry("b", 4));
    assertThat(rig.publish(entry("b", 4), lower)).isEqualTo(Outcome.SUPERSEDED);
    assertPersisted(lower, Outcome.SUPERSEDED);
  }

  @Test
  void whoWaitsMakesTheFlusherHurry() {
    rig.publish(entry("a", 1));
    assertThat(pending.waiting().urgent()).isFalse();
    rig.publish(entry("a", 1), waiter(entry("a", 1)));
    assertThat(pending.waiting().urgent()).isTrue();
    rig.take();
    assertThat(pending.waiting().urgent()).isFalse();
  }

  @Test
  void whoWaitsForARefusedWriteGetsTheFailure() {
    Waiter first = waiter(entry("a", 1));
    Waiter second = waiter(entry("a", 2));
    rig.publish(entry("a", 1), first);
    rig.publish(entry("a", 2), second);
    rig.take();
    rig.land();
    IllegalStateException failure = new IllegalStateException("refused");
    pending.withdraw(entry("a", 2), failure);
    assertThatThrownBy(second.future()::join).hasCause(failure);
    assertThat(first.future()).as("its write has come back").isNotDone();
    assertThat(pending.waiting().urgent()).as("for the one that came back").isTrue();
    assertThat(rig.take()).extracting(Entry::version).containsExactly(1L);
    pending.withdraw(entry("a", 1), failure);
    assertThatThrownBy(first.future()::join).hasCause(failure);
  }

  @Test
  void aRefusalOfAnOlderWriteFailsOnlyThoseThatItCovers() {
    Waiter older = waiter(tombstone("a", 1));
    Waiter newer = waiter(entry("a", 2));
    rig.publish(tombstone("a", 1), older);
    rig.publish(entry("a", 2), newer);
    pending.withdraw(tombstone("a", 1), new IllegalStateException("refused"));
    assertThat(older.future()).isCompletedExceptionally();
    assertThat(newer.future()).isNotDone();
    pending.withdraw(entry("a", 2), new IllegalStateException("refused"));
    assertThat(newer.future()).isCompletedExceptionally();
  }

  @Test
  void aRefusedWriteThatNobodyWaitsForComesBackWithoutHurry() {
    rig.publish(entry("a", 1));
    rig.publish(entry("a", 2));
    rig.take();
    rig.land();
    pending.withdraw(entry("a", 2), new IllegalStateException("refused"));
    assertThat(pending.waiting().urgent()).isFalse();
    assertThat(pending.waiting().count()).isEqualTo(1);
  }

  @Test
  void theEndOfTheEngineFailsAllWhoWait() {
    Waiter a = waiter(entry("a", 1));
    Waiter b = waiter(entry("b", 1));
    rig.publish(entry("a", 1), a);
    rig.publish(entry("b", 1), b);
    rig.publish(entry("c", 1));
    pending.failWaiters(each -> new IllegalStateException(each.receipt().id()));
    assertThatThrownBy(a.future()::join).hasRootCauseMessage("a");
    assertThatThrownBy(b.future()::join).hasRootCauseMessage("b");
  }

  @Test
  void whatIsLostWithoutALogIsTold() {
    rig.publish(entry("a", 1), 5);
    rig.publish(entry("b", 1));
    rig.publish(entry("c", 1));
    pending.confirm(entry("c", 1), Kind.APPLIED, true);
    Map<String, Boolean> logged = new HashMap<>();
    pending.forEachUnconfirmed(logged::put);
    assertThat(logged).isEqualTo(Map.of("a", true, "b", false));
  }

  @Test
  void aBarrierIsPassedWhenAllBeforeItIsThrough() {
    assertThat(pending.barrier()).as("nothing waits").isCompleted();
    rig.publish(entry("a", 1));
    CompletableFuture<Void> barrier = pending.barrier();
    assertThat(pending.waiting().urgent()).isTrue();
    rig.take();
    fail("a", Retry.AT_ONCE);
    assertThat(barrier).isNotDone();
    rig.take();
    rig.land();
    assertThat(barrier).isCompleted();
    assertThat(pending.waiting().urgent()).isFalse();
  }

  @Test
  void aBarrierThatWasGivenUpHurriesNobody() {
    rig.publish(entry("a", 1));
    CompletableFuture<Void> barrier = pending.barrier();
    pending.abandon(barrier);
    assertThat(pending.waiting().urgent()).isFalse();
    rig.take();
    rig.land();
    assertThat(barrier).isNotDone();
  }
}
