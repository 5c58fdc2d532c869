// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static io.syncengine.testkit.Entries.tombstone;
import static io.syncengine.testkit.Entries.value;
import static io.syncengine.testkit.Present.present;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.spi.Before;
import io.syncengine.spi.Change;
import io.syncengine.spi.ChangeLog;
import io.syncengine.spi.ChangePage;
import io.syncengine.spi.ChangeRow;
import io.syncengine.spi.Entry;
import io.syncengine.spi.Leaf;
import io.syncengine.spi.LoadResult;
import io.syncengine.spi.Tier;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Of {@link TierContract}: one change row a commit, dense, with before-states and leaf deltas.
 *
 * @since 0.1
 */
public interface ChangeLogClauses extends TierClauses {
  /** Nothing was written yet. */
  @Test
  default void anEmptyStoreHasHeadZero() {
    ChangePage page = tiers().changeLog(tiers().open()).poll(1, 10);

    assertThat(page.head()).isZero();
    assertThat(page.headTag()).isZero();
    assertThat(page.rows()).isEmpty();
    assertThat(page.databaseId()).isEqualTo(tiers().info().databaseId());
  }

  /** The row tells of exactly what was applied. */
  @Test
  default void theRowHoldsTheAppliedChangesWithBeforeStatesAndLeafDeltas() {
    Tier tier = tiers().open();
    tiers().changeLog(tier);
    Entry live = value("b-live", 1, "x");
    Entry dead = tombstone("c-dead", 1);
    tiers().apply(tier, live, dead, value("d-stale", 9, "x"));
    Entry created = value("a-new", 4, "new");
    Entry deleted = tombstone("b-live", 4);
    Entry revived = value("c-dead", 4, "back");

    ChangeRow row = tiers().commit(tier, created, deleted, revived, value("d-stale", 4, "no"));

    byte[] none = new byte[Leaf.BYTES];
    assertThat(row.changes()).hasSize(3);
    assertChange(row, created, Before.State.ABSENT, Leaf.delta(none, leaf(created)));
    assertChange(row, deleted, Before.State.LIVE, Leaf.delta(leaf(live), none));
    assertChange(row, revived, Before.State.TOMBSTONE, Leaf.delta(none, leaf(revived)));
  }

  /** The row as returned is the row as polled. */
  @Test
  default void theReturnedRowIsTheOneThatOthersPoll() {
    Tier tier = tiers().open();
    ChangeLog log = tiers().changeLog(tier);
    ChangeRow first = tiers().commit(tier, value("a", 1, "x"), tombstone("b", 1));
    ChangeRow second = tiers().commit(tier, value("a", 2, "y"));

    ChangePage page = tiers().changeLog(tiers().open()).poll(1, 10);

    assertThat(page.rows()).hasSize(2);
    assertSameRow(page.rows().get(0), first);
    assertSameRow(page.rows().get(1), second);
    assertThat(page.head()).isEqualTo(2);
    assertThat(page.headTag()).isEqualTo(second.tag());
    assertThat(log.poll(1, 0).databaseId()).isEqualTo(tiers().info().databaseId());
  }

  /** Sequences are dense from 1. */
  @Test
  default void sequencesAreDenseFromOneAndOnlyCommitsTakeOne() {
    Tier tier = tiers().open();
    tiers().changeLog(tier);
    for (int version = 1; version <= 5; version++) {
      assertThat(tiers().commit(tier, value("a", version, "x")).sequence()).isEqualTo(version);
      assertThat(tiers().apply(tier, value("a", version, "x")).row()).isNull();
    }
    assertThat(tiers().changeLog(tier).poll(1, 0).head()).isEqualTo(5);
  }

  /** Tags are random. */
  @Test
  default void tagsDiffer() {
    Tier tier = tiers().open();
    tiers().changeLog(tier);
    for (int version = 1; version <= 20; version++) {
      tiers().apply(tier, value("a", version, "x"));
    }

    assertThat(tiers().allRows(tier)).extracting(ChangeRow::tag).doesNotHaveDuplicates();
  }

  /** Each row names its writer. */
  @Test
  default void rowsNameTheInstanceThatWroteThem() {
    Tier one = tiers().open(tiers().config().withInstanceId("one"));
    Tier two = tiers().open(tiers().config().withInstanceId("two"));
    tiers().changeLog(one);

    tiers().apply(one, value("a", 1, "x").toBuilder().origin("one").build());
    tiers().apply(two, value("a", 2, "x").toBuilder().origin("two").build());

    assertThat(tiers().allRows(one)).extracting(ChangeRow::origin).containsExactly("one", "two");
  }

  /** The time is the writer's, and not that of a server or of the acceptance. */
  @Test
  default void rowsTellWhenTheirWriterCommittedByItsClock() {
    ManualTime clock = new ManualTime();
    Tier tier = tiers().open(tiers().config().withTimeSource(clock));
    tiers().changeLog(tier);
    long first = clock.currentTimeMillis();

    ChangeRow returned = tiers().commit(tier, value("a", 1, "x"));
    clock.advance(Duration.ofMinutes(5));
    tiers().commit(tier, value("a", 2, "x"));

    assertThat(returned.committedAtMillis()).isEqualTo(first);
    assertThat(tiers().allRows(tiers().open()))
        .extracting(ChangeRow::committedAtMillis)
        .containsExactly(first, first + 300_000);
  }

  /** Pages join without gap or overlap. */
  @Test
  default void pollPagesFromASequenceInclusive() {
    Tier tier = tiers().open();
    ChangeLog log = tiers().changeLog(tier);
    for (int version = 1; version <= 7; version++) {
      tiers().apply(tier, value("a", version, "x"));
    }

    assertThat(sequences(log.poll(1, 3))).containsExactly(1L, 2L, 3L);
    assertThat(sequences(log.poll(4, 3))).containsExactly(4L, 5L, 6L);
    assertThat(sequences(log.poll(7, 3))).containsExactly(7L);
    assertThat(sequences(log.poll(8, 3))).isEmpty();
    assertThat(sequences(log.poll(Long.MAX_VALUE, 3))).isEmpty();
    assertThat(sequences(log.poll(3, Integer.MAX_VALUE))).hasSize(5);
    assertThat(log.poll(4, 1).head()).isEqualTo(7);
    assertThat(log.poll(8, 3).head()).isEqualTo(7);
  }

  /** A limit of 0 asks for the head. */
  @Test
  default void aLimitOfZeroGivesTheHeadAlone() {
    Tier tier = tiers().open();
    ChangeLog log = tiers().changeLog(tier);
    ChangeRow row = tiers().commit(tier, value("a", 1, "x"));

    ChangePage page = log.poll(1, 0);

    assertThat(page.rows()).isEmpty();
    assertThat(page.head()).isEqualTo(1);
    assertThat(page.headTag()).isEqualTo(row.tag());
  }

  /** Entries and loads know their place in the log. */
  @Test
  default void entriesAndLoadsCarryTheSequence() {
    Tier tier = tiers().open();
    tiers().changeLog(tier);
    long first = tiers().commit(tier, value("a", 1, "x"), value("b", 1, "x")).sequence();
    long second = tiers().commit(tier, tombstone("a", 2)).sequence();

    LoadResult both = tier.load(List.of("a", "b"));

    assertThat(present(both.found().get("a"), "entry").sequence()).isEqualTo(second);
    assertThat(present(both.found().get("b"), "entry").sequence()).isEqualTo(first);
    assertThat(both.head()).isEqualTo(second);
    assertThat(tier.load(List.of("b")).head()).isEqualTo(second);
    assertThat(tier.load(List.of("absent")).head()).isEqualTo(second);
    assertThat(tier.load(List.of("absent", "too")).head()).isEqualTo(second);
  }

  /** The log outlives a close. */
  @Test
  default void theLogGoesOnAfterACloseAndAnOpen() {
    Tier tier = tiers().unopened();
    tier.open(tiers().config());
    tiers().changeLog(tier);
    ChangeRow before = tiers().commit(tier, value("a", 1, "x"));
    tier.close();

    Tier again = tiers().open();
    ChangeRow after = tiers().commit(again, value("a", 2, "x"));

    assertThat(after.sequence()).isEqualTo(before.sequence() + 1);
    assertSameRow(tiers().allRows(again).get(0), before);
  }

  private static byte[] leaf(Entry entry) {
    return Leaf.of(entry.id(), entry.revision());
  }

  private static List<Long> sequences(ChangePage page) {
    return page.rows().stream().map(ChangeRow::sequence).toList();
  }

  private static void assertChange(ChangeRow row, Entry now, Before.State before, byte[] delta) {
    Change change =
        row.changes().stream().filter(c -> c.id().equals(now.id())).findFirst().orElseThrow();
    assertThat(change.revision()).isEqualTo(now.revision());
    assertThat(change.before()).isEqualTo(before);
    assertThat(change.leafDelta()).isEqualTo(delta);
  }

  private static void assertSameRow(ChangeRow actual, ChangeRow expected) {
    assertThat(actual.sequence()).isEqualTo(expected.sequence());
    assertThat(actual.tag()).isEqualTo(expected.tag());
    assertThat(actual.origin()).isEqualTo(expected.origin());
    assertThat(actual.committedAtMillis()).isEqualTo(expected.committedAtMillis());
    assertThat(actual.changes()).hasSameSizeAs(expected.changes());
    for (int i = 0; i < actual.changes().size(); i++) {
      assertThat(actual.changes().get(i))
          .usingRecursiveComparison()
          .isEqualTo(expected.changes().get(i));
    }
  }
}
