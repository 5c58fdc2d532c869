// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static io.syncengine.testkit.Entries.tombstone;
import static io.syncengine.testkit.Entries.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.Before;
import io.syncengine.spi.Entry;
import io.syncengine.spi.ItemOutcome;
import io.syncengine.spi.ItemOutcome.Kind;
import io.syncengine.spi.Tier;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Of {@link TierContract}: no id goes back, and each outcome says what happened.
 *
 * @since 0.1
 */
public interface FenceClauses extends TierClauses {
  /** A first write. */
  @Test
  default void aValueOfAnAbsentIdIsApplied() {
    Tier tier = tiers().open();

    assertThat(tiers().applyOne(tier, value("a", 1, "x")))
        .isEqualTo(ItemOutcome.applied(Before.ABSENT));
  }

  /** A delete of what is not there is a write. */
  @Test
  default void aTombstoneOfAnAbsentIdIsAppliedAndStored() {
    Tier tier = tiers().open();
    Entry deleted = tombstone("a", 5);

    assertThat(tiers().applyOne(tier, deleted)).isEqualTo(ItemOutcome.applied(Before.ABSENT));
    tiers().assertStored(tiers().load(tier, "a"), deleted);
  }

  /** The next version. */
  @Test
  default void aHigherVersionReplacesALowerAndTellsWhatWasThere() {
    Tier tier = tiers().open();
    assertReplaces(tier, value("a", 1, "x"), value("a", 2, "y"));
    assertReplaces(tier, value("b", 1, "x"), tombstone("b", 2));
    assertReplaces(tier, tombstone("c", 1), value("c", 2, "y"));
    assertReplaces(tier, tombstone("d", 1), tombstone("d", 2));
    assertReplaces(tier, value("e", 1, "x"), value("e", Long.MAX_VALUE, "x"));
  }

  /** Late writes. */
  @Test
  default void aLowerVersionIsStale() {
    Tier tier = tiers().open();
    assertStale(tier, value("a", 2, "y"), value("a", 1, "x"));
    assertStale(tier, tombstone("b", 2), value("b", 1, "x"));
    assertStale(tier, value("c", 2, "y"), tombstone("c", 1));
    assertStale(tier, tombstone("d", 2), tombstone("d", 1));
  }

  /** The same write again, as after an unknown outcome. */
  @Test
  default void theSameRevisionIsUnchanged() {
    Tier tier = tiers().open();
    for (Entry entry : List.of(value("a", 3, "x"), tombstone("b", 3))) {
      tiers().applyOne(tier, entry);

      ApplyResult again = tier.apply(List.of(entry));

      assertThat(again.outcomes())
          .containsExactly(ItemOutcome.unchanged(Before.of(entry.revision())));
      assertThat(again.row()).isNull();
    }
  }

  /** At one version a delete wins. */
  @Test
  default void aTombstoneWinsOverAValueOfTheSameVersion() {
    Tier tier = tiers().open();
    assertReplaces(tier, value("a", 3, "x"), tombstone("a", 3));
    assertStale(tier, tombstone("b", 3), value("b", 3, "x"));
  }

  /** At one version the higher content hash wins, unsigned. */
  @Test
  default void theContentHashBreaksATie() {
    Tier tier = tiers().open();
    for (int i = 0; i < 16; i++) {
      Entry one = value("tie" + i, 3, "one" + i);
      Entry two = value("tie" + i, 3, "two" + i);
      Entry lower = one.isAbove(two) ? two : one;
      Entry higher = one.isAbove(two) ? one : two;
      assertReplaces(tier, lower, higher);
      assertStale(tier, higher, lower);
    }
  }

  /** Any order ends at the highest. */
  @Test
  default void everyOrderOfWritesEndsAtTheHighestRevision() {
    Tier tier = tiers().open();
    List<List<Integer>> orders = permutations(List.of(0, 1, 2, 3, 4));
    for (int i = 0; i < orders.size(); i++) {
      String id = "order" + i;
      List<Entry> writes =
          List.of(
              value(id, 1, "x"),
              tombstone(id, 2),
              value(id, 3, "x"),
              value(id, 3, "y"),
              tombstone(id, 3));
      orders.get(i).forEach(w -> tiers().applyOne(tier, writes.get(w)));

      tiers().assertStored(tiers().load(tier, id), writes.get(4));
    }
  }

  /** One outcome an entry, in the batch's order. */
  @Test
  default void aBatchOfAllKindsGetsOutcomesInItsOrder() {
    Tier tier = tiers().open();
    Entry same = value("c-same", 5, "x");
    Entry newer = value("d-newer", 5, "x");
    tiers().apply(tier, same, newer, value("b-older", 5, "x"));

    ApplyResult result =
        tiers()
            .apply(
                tier,
                value("a-new", 1, "x"),
                value("b-older", 6, "y"),
                same,
                value("d-newer", 4, "y"),
                value("e-based", 4, "y").toBuilder().base(same.revision()).build());

    assertThat(result.outcomes())
        .extracting(ItemOutcome::kind)
        .containsExactly(Kind.APPLIED, Kind.APPLIED, Kind.UNCHANGED, Kind.STALE, Kind.CONFLICT);
    tiers().assertStored(tiers().load(tier, "d-newer"), newer);
  }

  /** A large batch is one transaction. */
  @Test
  default void aBatchOfFiveThousandIsApplied() {
    Tier tier = tiers().open();
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      entries.add(i % 7 == 0 ? tombstone("id" + i, i + 1) : value("id" + i, i + 1, "content " + i));
    }
    List<Entry> batch = Entries.batch(entries);

    assertThat(tier.apply(batch).outcomes())
        .hasSize(5_000)
        .allMatch(o -> o.equals(ItemOutcome.applied(Before.ABSENT)));
    assertThat(tier.apply(batch).outcomes())
        .hasSize(5_000)
        .allMatch(o -> o.kind() == Kind.UNCHANGED);

    var found = tier.load(batch.stream().map(Entry::id).toList()).found();
    assertThat(found).hasSize(5_000);
    batch.forEach(e -> tiers().assertStored(found.get(e.id()), e));
  }

  private void assertReplaces(Tier tier, Entry first, Entry second) {
    tiers().applyOne(tier, first);

    assertThat(tiers().applyOne(tier, second))
        .isEqualTo(ItemOutcome.applied(Before.of(first.revision())));
    tiers().assertStored(tiers().load(tier, first.id()), second);
  }

  private void assertStale(Tier tier, Entry first, Entry second) {
    // Another id, since a test calls both ways for the same.
    Entry higher = renamed(first);
    tiers().applyOne(tier, higher);

    ApplyResult result = tier.apply(List.of(renamed(second)));

    assertThat(result.outcomes()).containsExactly(ItemOutcome.stale(Before.of(higher.revision())));
    assertThat(result.row()).isNull();
    tiers().assertStored(tiers().load(tier, higher.id()), higher);
  }

  private static Entry renamed(Entry entry) {
    String id = "stale-" + entry.id();
    return entry.tombstone()
        ? tombstone(id, entry.version())
        : value(id, entry.version(), entry.content());
  }

  private static List<List<Integer>> permutations(List<Integer> of) {
    List<List<Integer>> all = new ArrayList<>();
    permute(new ArrayList<>(of), 0, all);
    return all;
  }

  private static void permute(List<Integer> list, int fixed, List<List<Integer>> into) {
    if (fixed == list.size()) {
      into.add(List.copyOf(list));
      return;
    }
    for (int i = fixed; i < list.size(); i++) {
      Collections.swap(list, fixed, i);
      permute(list, fixed + 1, into);
      Collections.swap(list, fixed, i);
    }
  }
}
