// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.pending;

import static io.syncengine.pending.PendingRig.change;
import static io.syncengine.pending.PendingRig.entry;
import static io.syncengine.pending.PendingRig.group;
import static io.syncengine.pending.PendingRig.item;
import static io.syncengine.pending.PendingRig.tie;
import static io.syncengine.pending.PendingRig.tombstone;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.model.Ack;
import io.syncengine.model.Outcome;
import io.syncengine.pending.Pending.Known;
import io.syncengine.spi.Entry;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.ItemOutcome;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What readers see of an id that is written, loaded and followed. */
class PendingReadersTest {
  private final PendingRig rig = new PendingRig();
  private final Pending pending = rig.pending;

  private void follow(Entry entry) {
    pending.followed(change(entry));
  }

  private void confirm(Entry entry) {
    pending.confirm(entry, ItemOutcome.Kind.APPLIED, true);
  }

  @Test
  void aWriteIsSeenAtOnce() {
    Entry write = entry("a", 1);
    assertThat(pending.find("a")).isNull();
    assertThat(rig.publish(write)).isEqualTo(Outcome.APPLIED);
    assertThat(pending.find("a")).isEqualTo(new Pending.Found(write, null, Doubt.NONE));
    assertThat(rig.shown("a")).isEqualTo("v1");
    assertThat(pending.count()).isEqualTo(1);
    assertThat(pending.unconfirmed()).isEqualTo(1);
    assertThat(pending.unconfirmed("a")).contains(write.revision());
    assertThat(pending.unconfirmed("b")).isEmpty();
  }

  @Test
  void aDeleteHidesTheValue() {
    rig.publish(entry("a", 1));
    rig.publish(tombstone("a", 2));
    assertThat(rig.shown("a")).isNull();
    assertThat(pending.find("a").entry().tombstone()).isTrue();
  }

  @Test
  void aLowerWriteChangesNothing() {
    Entry newer = entry("a", 5);
    rig.publish(newer);
    assertThat(rig.publish(entry("a", 4))).isEqualTo(Outcome.SUPERSEDED);
    assertThat(rig.publish(entry("a", 5))).isEqualTo(Outcome.UNCHANGED);
    assertThat(pending.find("a").entry()).isSameAs(newer);
    assertThat(rig.shown("a")).isEqualTo("v5");
  }

  @Test
  void writesOfOneVersionAreOrderedByTheirContents() {
    List<Entry> a = tie("a", 1);
    rig.publish(a.get(0));
    assertThat(rig.publish(a.get(1))).isEqualTo(Outcome.APPLIED);
    List<Entry> b = tie("b", 1);
    rig.publish(b.get(1));
    assertThat(rig.publish(b.get(0))).isEqualTo(Outcome.SUPERSEDED);
    assertThat(pending.find("b").entry()).isSameAs(b.get(1));
  }

  @Test
  void whatOnlyMemoryHasIsNotReplacedByALowerWrite() {
    List<Entry> tie = tie("a", 5);
    rig.memory.put(tie.get(1).toItem());
    assertThat(rig.publish(entry("a", 4))).isEqualTo(Outcome.SUPERSEDED);
    assertThat(rig.publish(tie.get(0))).isEqualTo(Outcome.SUPERSEDED);
    assertThat(rig.publish(tie.get(1))).isEqualTo(Outcome.UNCHANGED);
    assertThat(pending.count()).isZero();
    assertThat(rig.publish(entry("a", 6))).isEqualTo(Outcome.APPLIED);
    assertThat(rig.shown("a")).isEqualTo("v6");
  }

  @Test
  void aWriteNotAboveWhatTheGroundTruthIsKnownToHoldIsInDoubt() {
    follow(entry("a", 5));
    rig.publish(entry("a", 5));
    assertThat(rig.doubt("a")).isEqualTo(Doubt.POSSIBLE);
    assertThat(rig.shown("a")).as("memory would not ask").isNull();
    rig.publish(entry("a", 6));
    assertThat(rig.doubt("a")).as("it replaces one in doubt").isEqualTo(Doubt.POSSIBLE);
    pending.confirm(entry("b", 3), ItemOutcome.Kind.APPLIED, true);
    rig.publish(entry("b", 3));
    assertThat(rig.doubt("b")).isEqualTo(Doubt.POSSIBLE);
    follow(entry("c", 5));
    rig.publish(entry("c", 6));
    assertThat(rig.doubt("c")).isEqualTo(Doubt.NONE);
  }

  @Test
  void aWriteThatIsOvertakenMustBeAskedFor() {
    rig.publish(entry("a", 1));
    follow(entry("a", 5));
    assertThat(rig.doubt("a")).isEqualTo(Doubt.STRONG);
    assertThat(rig.shown("a")).isNull();
    rig.publish(entry("a", 4));
    assertThat(rig.doubt("a")).as("still below").isEqualTo(Doubt.STRONG);
    rig.publish(entry("a", 6));
    assertThat(rig.doubt("a")).as("above all that is known").isEqualTo(Doubt.NONE);
    assertThat(rig.shown("a")).isEqualTo("v6");
  }

  @Test
  void aWriteOvertakenByOneOfItsVersionMustBeAskedFor() {
    List<Entry> tie = tie("a", 5);
    rig.publish(entry("a", 1));
    follow(tie.get(1));
    rig.publish(tie.get(0));
    assertThat(rig.doubt("a")).isEqualTo(Doubt.STRONG);
    rig.publish(tie.get(1));
    assertThat(rig.doubt("a")).as("it is what was followed").isEqualTo(Doubt.POSSIBLE);
  }

  @Test
  void aCommitEndsADoubtAndTheLoadsThatItMade() {
    Entry write = entry("a", 1);
    pending.publish(write, null, Doubt.POSSIBLE, null);
    long stamp = rig.stripes.stamp("a");
    confirm(write);
    assertThat(rig.doubt("a")).isEqualTo(Doubt.NONE);
    assertThat(rig.shown("a")).isEqualTo("v1");
    assertThat(rig.stripes.stamp("a")).isNotEqualTo(stamp);
  }

  @Test
  void aCommittedDeleteInDoubtIsNotShownAsAValue() {
    Entry delete = tombstone("a", 1);
    pending.publish(delete, null, Doubt.POSSIBLE, null);
    confirm(delete);
    assertThat(rig.doubt("a")).isEqualTo(Doubt.NONE);
    assertThat(rig.shown("a")).isNull();
  }

  @Test
  void aCommitDoesNotEndTheDoubtOfOneThatWasOvertaken() {
    Entry write = entry("a", 1);
    rig.publish(write);
    follow(entry("a", 2));
    pending.publish(entry("b", 1), null, Doubt.POSSIBLE, null);
    pending.publish(entry("b", 2), null, Doubt.POSSIBLE, null);
    confirm(entry("b", 1));
    assertThat(rig.doubt("b")).as("a newer one is not committed").isEqualTo(Doubt.POSSIBLE);
    confirm(write);
    assertThat(pending.find("a")).as("the follower has passed more than it").isNull();
    assertThat(rig.shown("a")).isNull();
  }

  @Test
  void aLoadFillsMemoryIfNothingHappenedMeanwhile() {
    pending.loaded(entry("a", 1), rig.stripes.stamp("a"), true);
    assertThat(rig.shown("a")).isEqualTo("v1");
    pending.loaded(entry("b", 1), rig.stripes.stamp("b"), false);
    assertThat(rig.shown("b")).as("not asked to keep it").isNull();
    pending.loaded(tombstone("c", 1), rig.stripes.stamp("c"), true);
    assertThat(rig.shown("c")).isNull();
  }

  @Test
  void aLoadThatBeganBeforeAChangeFillsNothing() {
    long stamp = rig.stripes.stamp("a");
    follow(entry("a", 2));
    pending.loaded(entry("a", 1), stamp, true);
    assertThat(rig.shown("a")).isNull();
    rig.leftOut.add(FailPoint.FILL_FENCE);
    pending.loaded(entry("a", 1), stamp, true);
    assertThat(rig.shown("a")).as("without the fence it would").isEqualTo("v1");
  }

  @Test
  void aLoadIsNotFilledOverAWrite() {
    pending.publish(entry("a", 2), null, Doubt.POSSIBLE, null);
    pending.loaded(entry("a", 3), rig.stripes.stamp("a"), true);
    assertThat(rig.shown("a")).isNull();
    rig.publish(entry("b", 2));
    pending.loaded(entry("b", 1), rig.stripes.stamp("b"), true);
    assertThat(rig.shown("b")).isEqualTo("v2");
  }

  @Test
  void aWriteIsNotShownAgainAfterSomethingAboveItWasLoaded() {
    rig.publish(entry("b", 2));
    pending.loaded(entry("b", 3), rig.stripes.stamp("b"), true);
    assertThat(rig.shown("b")).isNull();
    assertThat(pending.find("b").doubt()).isEqualTo(Doubt.STRONG);
  }

  @Test
  void aLoadReplacesWhatIsOlderInMemoryAndNothingElse() {
    rig.memory.put(item("a", 2, "v2"));
    pending.loaded(entry("a", 1), rig.stripes.stamp("a"), true);
    assertThat(rig.shown("a")).isEqualTo("v2");
    long stamp = rig.stripes.stamp("a");
    pending.loaded(entry("a", 3), stamp, true);
    assertThat(rig.shown("a")).isEqualTo("v3");
    assertThat(rig.stripes.stamp("a")).as("older loads are unfit").isNotEqualTo(stamp);
    pending.loaded(tombstone("a", 4), rig.stripes.stamp("a"), false);
    assertThat(rig.shown("a")).isNull();
  }

  @Test
  void memoryForgetsWhatAFollowedChangeReplaces() {
    List<Entry> tie = tie("a", 5);
    rig.memory.put(tie.get(0).toItem());
    long stamp = rig.stripes.stamp("a");
    follow(entry("a", 4));
    follow(tie.get(0));
    assertThat(rig.shown("a")).as("not below").isNotNull();
    assertThat(rig.stripes.stamp("a")).isGreaterThan(stamp);
    follow(tie.get(1));
    assertThat(rig.shown("a")).as("of the same version, but below").isNull();
    rig.memory.put(item("b", 1, "v1"));
    follow(tombstone("b", 2));
    assertThat(rig.shown("b")).isNull();
  }

  @Test
  void anotherHistoryLeavesOnlyWhatIsNotCommitted() {
    Entry committed = entry("a", 1);
    rig.publish(committed);
    confirm(committed);
    rig.publish(entry("b", 1));
    rig.memory.put(item("c", 1, "v1"));
    long stamp = rig.stripes.stamp("d");
    follow(entry("b", 9));
    pending.anotherHistory();
    assertThat(pending.find("a")).isNull();
    assertThat(rig.shown("a")).isNull();
    assertThat(rig.shown("b")).isNull();
    assertThat(rig.shown("c")).isNull();
    assertThat(rig.stripes.stamp("d")).as("loads of it are unfit").isNotEqualTo(stamp);
    assertThat(pending.count()).isEqualTo(1);
    assertThat(rig.doubt("b")).isEqualTo(Doubt.STRONG);
    Entry again = entry("b", 1);
    confirm(again);
    assertThat(pending.find("b")).as("what was followed there is void").isNotNull();
  }

  @Test
  void anotherHistoryPutsACertainWriteInDoubt() {
    rig.publish(entry("a", 1));
    pending.anotherHistory();
    assertThat(rig.doubt("a")).isEqualTo(Doubt.POSSIBLE);
  }

  @Test
  void whatIsKnownOfAnIdSaysHowFarItHasCome() {
    Entry write = entry("a", 5);
    assertThat(pending.known(write)).isEmpty();
    rig.publish(write);
    assertThat(pending.known(entry("a", 4))).contains(new Known(1, Ack.MEMORY));
    pending.logged(write, group(1));
    assertThat(pending.known(write)).contains(new Known(0, Ack.LOGGED));
    confirm(write);
    assertThat(pending.known(entry("a", 6))).contains(new Known(-1, Ack.PERSISTED));
    rig.memory.put(item("b", 5, "v5"));
    assertThat(pending.known(entry("b", 4))).contains(new Known(1, Ack.PERSISTED));
  }

  @Test
  void whatWasFollowedIsKnownToo() {
    rig.publish(entry("a", 1));
    follow(entry("a", 5));
    assertThat(pending.known(entry("a", 4))).contains(new Known(1, Ack.PERSISTED));
    assertThat(pending.known(entry("a", 5))).contains(new Known(-1, Ack.MEMORY));
  }

  @Test
  void aFrozenRangeIsSortedByTheBytesOfItsIds() {
    // The code units of the last two sort the other way round.
    List<String> ids = List.of("a", "b", "b.c", "\uff5e", "\ud83d\ude00");
    ids.forEach(id -> rig.publish(entry(id, 1)));
    assertThat(pending.freeze(IdRange.ALL)).extracting(Pending.Frozen::id).isEqualTo(ids);
    assertThat(pending.freeze(new IdRange("b", "c")))
        .containsExactly(
            new Pending.Frozen("b", pending.find("b")),
            new Pending.Frozen("b.c", pending.find("b.c")));
  }

  @Test
  void aLoadThatBeganBeforeAWriteFillsNothingOnceThatIsGone() {
    for (ItemOutcome.Kind kind : List.of(ItemOutcome.Kind.APPLIED, ItemOutcome.Kind.STALE)) {
      long before = rig.stripes.stamp("a");
      rig.publish(entry("a", 2));
      long between = rig.stripes.stamp("a");
      pending.confirm(entry("a", 2), kind, false);
      rig.memory.clear();
      pending.loaded(entry("a", 1), before, true);
      assertThat(rig.shown("a")).isNull();
      if (kind == ItemOutcome.Kind.STALE) {
        pending.loaded(entry("a", 1), between, true);
        assertThat(rig.shown("a")).as("nor before its end").isNull();
      }
    }
  }

  @Test
  void anotherHistoryMakesTheLoadsOfEveryIdUnfit() {
    for (int i = 0; i < 5000; i++) {
      assertThat(rig.stripes.stamp("id" + i)).isZero();
    }
    pending.anotherHistory();
    for (int i = 0; i < 5000; i++) {
      assertThat(rig.stripes.stamp("id" + i)).isPositive();
    }
  }

  @Test
  void aChangeOfOneIdLeavesTheLoadsOfMostOthersAlone() {
    follow(entry("a", 1));
    assertThat(IntStream.range(0, 1000).filter(i -> rig.stripes.stamp("id" + i) != 0).count())
        .isLessThan(10);
  }
}
