// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static io.syncengine.testkit.Entries.tombstone;
import static io.syncengine.testkit.Entries.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.model.Revision;
import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.Before;
import io.syncengine.spi.Entry;
import io.syncengine.spi.ItemOutcome;
import io.syncengine.spi.ItemOutcome.Kind;
import io.syncengine.spi.Tier;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Of {@link TierContract}: an entry with a base is written only over exactly that.
 *
 * @since 0.1
 */
public interface BaseClauses extends TierClauses {
  /** Over its base. */
  @Test
  default void anEntryIsWrittenOverItsBase() {
    Tier tier = tiers().open();
    for (Entry base : List.of(value("a", 1, "x"), tombstone("b", 1))) {
      tiers().applyOne(tier, base);

      assertThat(tiers().applyOne(tier, merged(value(base.id(), 2, "xy"), base.revision())))
          .isEqualTo(ItemOutcome.applied(Before.of(base.revision())));
      assertThat(tiers().loadExisting(tier, base.id()).version()).isEqualTo(2);
    }
  }

  /** Over anything else there is a conflict that shows it. */
  @Test
  default void overAnythingElseItIsAConflictThatTellsWhatIsThere() {
    Tier tier = tiers().open();
    Revision base = value("a", 1, "x").revision();
    List<Entry> others =
        List.of(
            value("a", 1, "other"), value("b", 2, "higher"), value("c", 9, ""), tombstone("d", 1));
    for (Entry other : others) {
      tiers().applyOne(tier, other);

      ApplyResult result = tier.apply(List.of(merged(value(other.id(), 3, "xy"), base)));

      ItemOutcome outcome = result.outcomes().get(0);
      assertThat(outcome.kind()).isEqualTo(Kind.CONFLICT);
      assertThat(outcome.before()).isEqualTo(Before.of(other.revision()));
      tiers().assertStored(outcome.current(), other);
      assertThat(result.row()).isNull();
      tiers().assertStored(tiers().load(tier, other.id()), other);
    }
  }

  /** Over nothing too. */
  @Test
  default void overNothingItIsAConflictWithNothing() {
    Tier tier = tiers().open();
    Revision base = value("a", 1, "x").revision();

    ItemOutcome outcome = tiers().applyOne(tier, merged(value("a", 2, "xy"), base));

    assertThat(outcome).isEqualTo(ItemOutcome.conflict(null));
    assertThat(tiers().load(tier, "a")).isNull();
  }

  /** A retry of what was committed. */
  @Test
  default void theSameEntryAgainIsUnchanged() {
    Tier tier = tiers().open();
    Entry base = value("a", 1, "x");
    Entry merged = merged(value("a", 2, "xy"), base.revision());
    tiers().applyOne(tier, base);
    tiers().applyOne(tier, merged);

    assertThat(tiers().applyOne(tier, merged))
        .isEqualTo(ItemOutcome.unchanged(Before.of(merged.revision())));
  }

  /** A base does not lift the fence. */
  @Test
  default void anEntryBelowItsBaseIsStale() {
    Tier tier = tiers().open();
    Entry base = value("a", 5, "x");
    tiers().applyOne(tier, base);

    assertThat(tiers().applyOne(tier, merged(value("a", 4, "xy"), base.revision())))
        .isEqualTo(ItemOutcome.stale(Before.of(base.revision())));
  }

  private static Entry merged(Entry entry, Revision base) {
    return entry.toBuilder().base(base).build();
  }
}
