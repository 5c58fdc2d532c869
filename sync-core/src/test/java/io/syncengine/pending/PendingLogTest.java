// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.pending;

import static io.syncengine.pending.PendingRig.entry;
import static io.syncengine.pending.PendingRig.group;
import static io.syncengine.pending.PendingRig.tombstone;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.model.CorruptDataException;
import io.syncengine.model.Outcome;
import io.syncengine.spi.Entry;
import io.syncengine.spi.FailPoint;
import io.syncengine.spi.ItemOutcome;
import io.syncengine.spi.LogPlace;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What pending leaves to the log, and what the log must keep for it. */
class PendingLogTest {
  private static final long NOTHING = 99;
  private static final String LONG = "0123456789".repeat(100);

  private final PendingRig rig = new PendingRig();
  private final Pending pending = rig.pending;

  private long lowest() {
    return pending.lowestLogGroup(NOTHING);
  }

  private void confirm(Entry entry) {
    pending.confirm(entry, ItemOutcome.Kind.APPLIED, true);
  }

  private List<Entry> take(Function<LogPlace, Optional<Entry>> fromLog) {
    return pending.take(100, 1 << 20, fromLog);
  }

  private void refuse(Entry entry) {
    pending.withdraw(entry, new IllegalStateException("refused"));
  }

  @Test
  void aLoggedWriteBelowOneThatIsOnlyInMemoryKeepsItsGroup() {
    rig.publish(entry("a", 2));
    assertThat(rig.publish(entry("a", 1), 5)).isEqualTo(Outcome.SUPERSEDED);
    assertThat(pending.lowestLogGroup(6)).isEqualTo(5);
    pending.logged(entry("a", 2), group(7));
    assertThat(pending.lowestLogGroup(8)).isEqualTo(7);
  }

  @Test
  void aGroupIsNeededUntilAllOfItIsConfirmed() {
    rig.publish(entry("a", 1), 5);
    rig.publish(entry("b", 1), 5);
    rig.publish(entry("c", 1), 6);
    assertThat(lowest()).isEqualTo(5);
    confirm(entry("a", 1));
    assertThat(lowest()).isEqualTo(5);
    confirm(entry("b", 1));
    assertThat(lowest()).isEqualTo(6);
    confirm(entry("c", 1));
    assertThat(lowest()).isEqualTo(NOTHING);
    assertThat(pending.lowestLogGroup(3)).isEqualTo(3);
  }

  @Test
  void whatIsReplacedBeforeTheGroundTruthSawItIsKeptUntilTheNewOneIsThere() {
    rig.publish(entry("a", 1), 5);
    rig.publish(entry("a", 2), 6);
    assertThat(lowest()).isEqualTo(5);
    rig.publish(entry("a", 3), 7);
    assertThat(lowest()).as("only one comes back").isEqualTo(6);
    confirm(entry("a", 2));
    assertThat(lowest()).isEqualTo(7);
    rig.publish(entry("a", 4), 8);
    confirm(entry("a", 4));
    assertThat(lowest()).isEqualTo(NOTHING);
  }

  @Test
  void aConfirmedWriteNeedNotComeBack() {
    rig.publish(entry("a", 1), 5);
    confirm(entry("a", 1));
    rig.publish(entry("a", 2), 6);
    assertThat(lowest()).isEqualTo(6);
    refuse(entry("a", 2));
    assertThat(pending.find("a")).isNull();
    assertThat(lowest()).isEqualTo(NOTHING);
  }

  @Test
  void aRefusedWriteGivesWayToTheOneThatItReplaced() {
    Entry first = entry("a", 1);
    rig.publish(first, 5);
    rig.publish(entry("a", 2), 6);
    long stamp = rig.stripes.stamp("a");
    refuse(entry("a", 2));
    assertThat(pending.find("a").place()).isEqualTo(group(5));
    assertThat(rig.shown("a")).as("what was refused").isNull();
    assertThat(rig.stripes.stamp("a")).isNotEqualTo(stamp);
    assertThat(lowest()).isEqualTo(5);
    assertThat(take(place -> Optional.of(first))).containsExactly(first);
    rig.publish(entry("a", 3), 7);
    refuse(entry("a", 3));
    confirm(first);
    assertThat(lowest()).isEqualTo(NOTHING);
  }

  @Test
  void aWriteThatIsOnlyInMemoryComesBackToo() {
    Entry first = entry("a", 1);
    rig.publish(first);
    rig.publish(entry("a", 2));
    refuse(entry("a", 2));
    assertThat(pending.find("a").entry()).isSameAs(first);
    assertThat(rig.take()).containsExactly(first);
  }

  @Test
  void whatIsRefusedBelowTheNewestDoesNotComeBackLater() {
    rig.publish(entry("a", 1), 5);
    rig.publish(entry("a", 2), 6);
    refuse(entry("a", 1));
    assertThat(pending.find("a").place()).isEqualTo(group(6));
    assertThat(lowest()).isEqualTo(6);
    refuse(entry("a", 2));
    assertThat(pending.find("a")).isNull();
    assertThat(lowest()).isEqualTo(NOTHING);
    assertThat(pending.memoryBytes()).isZero();
  }

  @Test
  void aRefusalOfAnIdThatIsGoneChangesNothing() {
    refuse(entry("a", 1));
    rig.publish(entry("a", 2), 5);
    refuse(entry("a", 1));
    assertThat(pending.find("a").place()).isEqualTo(group(5));
    assertThat(lowest()).isEqualTo(5);
  }

  @Test
  void anAppendThatEndsAfterTheCommitKeepsNoGroup() {
    rig.publish(entry("a", 1));
    confirm(entry("a", 1));
    pending.logged(entry("a", 1), group(5));
    assertThat(lowest()).isEqualTo(NOTHING);
    pending.logged(entry("b", 1), group(5));
    assertThat(lowest()).as("of an id that is not here").isEqualTo(NOTHING);
  }

  @Test
  void anAppendThatEndsAfterTheRefusalKeepsNoGroup() {
    rig.publish(entry("a", 1), 5);
    rig.publish(entry("a", 2));
    refuse(entry("a", 2));
    pending.logged(entry("a", 2), group(6));
    assertThat(pending.find("a").place()).isEqualTo(group(5));
    confirm(entry("a", 1));
    assertThat(lowest()).isEqualTo(NOTHING);
  }

  @Test
  void anAppendOfALowerWriteIsNotThePlaceOfTheNewest() {
    rig.publish(entry("a", 1));
    rig.publish(entry("a", 2));
    pending.logged(entry("a", 1), group(5));
    assertThat(pending.find("a").place()).isNull();
    assertThat(lowest()).isEqualTo(5);
    pending.logged(entry("a", 2), group(6));
    assertThat(pending.find("a").place()).isEqualTo(group(6));
    pending.logged(entry("a", 2), group(7));
    assertThat(pending.find("a").place()).as("the first copy").isEqualTo(group(6));
  }

  @Test
  void whenMemoryIsShortContentsAreGivenBackToTheLog() {
    Entry write = entry("a", 1, LONG);
    rig.publish(write, 5);
    long whole = pending.memoryBytes();
    assertThat(pending.find("a").entry()).isSameAs(write);
    assertThat(pending.spilled()).isZero();
    pending.spillAbove(whole);
    rig.publish(entry("b", 1, LONG), 6);
    assertThat(pending.find("b").entry()).isNull();
    assertThat(pending.find("b").place()).isEqualTo(group(6));
    assertThat(pending.unconfirmed("b")).contains(entry("b", 1, LONG).revision());
    assertThat(pending.spilled()).isEqualTo(1);
    assertThat(pending.memoryBytes()).isEqualTo(2 * whole - LONG.length());
    confirm(entry("b", 1, LONG));
    pending.settle(List.of(entry("b", 1, LONG)));
    assertThat(pending.spilled()).isZero();
    assertThat(pending.memoryBytes()).isEqualTo(whole);
  }

  @Test
  void contentThatTheLogDoesNotHaveStaysInMemory() {
    pending.spillAbove(0);
    Entry write = entry("a", 1, LONG);
    rig.publish(write);
    assertThat(pending.find("a").entry()).isSameAs(write);
    rig.publish(tombstone("b", 1), 5);
    assertThat(pending.find("b").entry()).as("nothing to gain").isNotNull();
    rig.leftOut.add(FailPoint.SPILL);
    pending.logged(write, group(6));
    assertThat(pending.find("a").entry()).isSameAs(write);
  }

  @Test
  void oneThatFitsIsNotGivenBack() {
    rig.publish(entry("a", 1, LONG), 5);
    long each = pending.memoryBytes();
    pending.spillAbove(each + LONG.length());
    rig.publish(entry("b", 1, LONG), 6);
    assertThat(pending.spilled()).isZero();
    rig.publish(entry("c", 1, LONG), 7);
    assertThat(pending.spilled()).isEqualTo(1);
  }

  @Test
  void whatMayComeBackIsCountedToo() {
    rig.publish(entry("a", 1, LONG));
    long one = pending.memoryBytes();
    rig.publish(entry("a", 2, LONG));
    assertThat(pending.memoryBytes()).isGreaterThanOrEqualTo(one + LONG.length());
    confirm(entry("a", 2, LONG));
    assertThat(pending.memoryBytes()).isEqualTo(one);
    assertThat(one).isGreaterThan(LONG.length());
  }

  @Test
  void aBatchReadsFromTheLogWhatWasGivenBack() {
    pending.spillAbove(0);
    Entry write = entry("a", 1, LONG);
    rig.publish(write, 5);
    assertThat(take(place -> place.equals(group(5)) ? Optional.of(write) : Optional.empty()))
        .containsExactly(write);
    assertThat(pending.damaged()).isZero();
  }

  @Test
  void oneWhoseContentIsDamagedIsSetAsideUntilItIsWrittenAgain() {
    pending.spillAbove(0);
    rig.publish(entry("a", 1, LONG), 5);
    rig.publish(entry("b", 1, LONG), 6);
    Entry fine = tombstone("c", 1);
    rig.publish(fine);
    List<Entry> batch =
        take(
            place -> {
              if (place.group() == 6) {
                throw new CorruptDataException("corrupt", "b", "x", "y");
              }
              return Optional.empty();
            });
    assertThat(batch).containsExactly(fine);
    assertThat(pending.damaged()).isEqualTo(2);
    rig.land();
    assertThat(pending.unconfirmed()).isEqualTo(3);
    assertThat(lowest()).isEqualTo(5);
    rig.publish(entry("a", 2));
    assertThat(pending.damaged()).isEqualTo(1);
    pending.anotherHistory();
    assertThat(pending.damaged()).as("it is still not committed").isEqualTo(1);
    confirm(entry("b", 1, LONG));
    pending.settle(List.of(entry("b", 1, LONG)));
    assertThat(pending.damaged()).isZero();
  }

  @Test
  void aLogThatCannotBeReadCostsNoWrite() {
    pending.spillAbove(0);
    Entry write = entry("a", 1, LONG);
    rig.publish(write, 5);
    IllegalStateException broken = new IllegalStateException("the log is closed");
    assertThatThrownBy(
            () ->
                take(
                    place -> {
                      throw broken;
                    }))
        .isSameAs(broken);
    assertThat(pending.waiting().nanosUntilRetry()).isZero();
    assertThat(take(place -> Optional.of(write))).containsExactly(write);
  }

  @Test
  void contentIsGivenBackWhenItsAppendEndsToo() {
    pending.spillAbove(0);
    Entry write = entry("a", 1, LONG);
    rig.publish(write);
    rig.publish(entry("b", 1, LONG));
    long before = pending.memoryBytes();
    pending.logged(write, group(5));
    assertThat(pending.memoryBytes()).isEqualTo(before - LONG.length());
    rig.publish(entry("b", 1, LONG), 6);
    assertThat(pending.memoryBytes()).isEqualTo(before - 2 * LONG.length());
    assertThat(pending.spilled()).isEqualTo(2);
  }

  @Test
  void whatARefusalFreesIsNoLongerCounted() {
    rig.publish(entry("a", 1, LONG));
    long one = pending.memoryBytes();
    rig.publish(entry("a", 2, LONG));
    refuse(entry("a", 2, LONG));
    assertThat(pending.memoryBytes()).isEqualTo(one);
    rig.publish(entry("a", 3, LONG));
    refuse(entry("a", 1, LONG));
    assertThat(pending.memoryBytes()).isEqualTo(one);
  }
}
