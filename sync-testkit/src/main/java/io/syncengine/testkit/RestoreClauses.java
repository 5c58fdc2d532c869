// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static io.syncengine.testkit.Entries.ACCEPTED_AT;
import static io.syncengine.testkit.Entries.tombstone;
import static io.syncengine.testkit.Entries.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.model.TierException;
import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.Before;
import io.syncengine.spi.Change;
import io.syncengine.spi.ChangeRow;
import io.syncengine.spi.Entry;
import io.syncengine.spi.ItemOutcome;
import io.syncengine.spi.Leaf;
import io.syncengine.spi.Restore;
import io.syncengine.spi.Tier;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Of {@link TierContract}: rows are put right, also where the fence would keep a write out.
 *
 * @since 0.1
 */
public interface RestoreClauses extends TierClauses {
  /** Over nothing, over a lower revision, over the same one; not over a higher one. */
  @Test
  default void aRestoreWritesOverAllButAHigherRevision() {
    Tier tier = tiers().open();
    Restore restore = tiers().restore(tier);
    Entry same = value("c-same", 5, "x");
    Entry higher = tombstone("d-higher", 9);
    tiers().apply(tier, value("b-lower", 1, "x"), same, higher);
    Entry again = same.toBuilder().acceptedAtMillis(ACCEPTED_AT + 9).build();

    ApplyResult result =
        restore.restore(
            List.of(
                value("a-new", 5, "x"),
                value("b-lower", 5, "y"),
                again,
                value("d-higher", 5, "z")));

    assertThat(result.outcomes())
        .containsExactly(
            ItemOutcome.applied(Before.ABSENT),
            ItemOutcome.applied(Before.of(value("b-lower", 1, "x").revision())),
            ItemOutcome.applied(Before.of(same.revision())),
            ItemOutcome.stale(Before.of(higher.revision())));
    tiers().assertStored(tiers().load(tier, "a-new"), value("a-new", 5, "x"));
    tiers().assertStored(tiers().load(tier, "b-lower"), value("b-lower", 5, "y"));
    tiers().assertStored(tiers().load(tier, "c-same"), again);
    tiers().assertStored(tiers().load(tier, "d-higher"), higher);
  }

  /** News to all who follow, and the digests stay right. */
  @Test
  default void aRestoredIdIsToldOfAsAbsentBeforeWithTheRealLeafDelta() {
    Tier tier = tiers().open();
    Restore restore = tiers().restore(tier);
    Entry live = value("a", 1, "x");
    Entry dead = tombstone("b", 1);
    tiers().apply(tier, live, dead, value("c", 1, "x"));
    Entry now = value("a", 2, "y");

    ChangeRow row =
        Present.present(
            restore.restore(List.of(now, dead, value("c", 1, "x"))).row(), "change row");

    assertThat(row.changes()).extracting(Change::id).containsExactly("a", "b", "c");
    assertThat(row.changes()).extracting(Change::before).containsOnly(Before.State.ABSENT);
    byte[] none = new byte[Leaf.BYTES];
    byte[] delta = Leaf.delta(Leaf.of("a", live.revision()), Leaf.of("a", now.revision()));
    for (ChangeRow seen : List.of(row, tiers().allRows(tiers().open()).get(1))) {
      assertThat(seen.changes()).extracting(Change::leafDelta).containsExactly(delta, none, none);
    }
  }

  /** A base is for those who merged. */
  @Test
  default void aRestoreAsksForNoBase() {
    Tier tier = tiers().open();
    Restore restore = tiers().restore(tier);
    tiers().apply(tier, value("a", 1, "x"));
    Entry based = value("a", 2, "y").toBuilder().base(value("a", 1, "z").revision()).build();

    assertThat(restore.restore(List.of(based)).outcomes())
        .containsExactly(ItemOutcome.applied(Before.of(value("a", 1, "x").revision())));
  }

  /** What was purged does not come back. */
  @Test
  default void aRestoreKeepsToThePurgeHorizon() {
    Tier tier = tiers().open();
    Restore restore = tiers().restore(tier);
    tiers().apply(tier, value("b", 1, "x"));
    tiers().purge(tier).purge(ACCEPTED_AT + 1, 10);

    List<ItemOutcome> outcomes =
        restore.restore(List.of(value("a", 1, "x"), value("b", 1, "x"))).outcomes();

    assertThat(outcomes.get(0).reason()).isEqualTo(ItemOutcome.EXPIRED);
    assertThat(outcomes.get(1))
        .isEqualTo(ItemOutcome.applied(Before.of(value("b", 1, "x").revision())));
    assertThat(tiers().load(tier, "a")).isNull();
  }

  /** Read-only, unsorted. */
  @Test
  default void aRestoreIsRefusedAsAnApplyIs() {
    Tier writer = tiers().unopened();
    writer.open(tiers().config());
    writer.close();
    Restore restore = tiers().restore(tiers().open(tiers().config().withReadOnly(true)));

    assertThatThrownBy(() -> restore.restore(List.of(value("a", 1, "x"))))
        .isInstanceOf(TierException.class);
    assertThatThrownBy(() -> restore.restore(List.of(value("b", 1, "x"), value("a", 1, "x"))))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
