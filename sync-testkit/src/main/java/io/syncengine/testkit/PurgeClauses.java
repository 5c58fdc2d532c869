// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static io.syncengine.testkit.Entries.ACCEPTED_AT;
import static io.syncengine.testkit.Entries.tombstone;
import static io.syncengine.testkit.Entries.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.Before;
import io.syncengine.spi.ChangeLog;
import io.syncengine.spi.ChangePage;
import io.syncengine.spi.Entry;
import io.syncengine.spi.ItemOutcome;
import io.syncengine.spi.ItemOutcome.Kind;
import io.syncengine.spi.Tier;
import io.syncengine.spi.TombstonePurge;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Of {@link TierContract}: old tombstones go, and nothing that they held off comes back.
 *
 * @since 0.1
 */
public interface PurgeClauses extends TierClauses {
  /** Nothing purged yet. */
  @Test
  default void theHorizonIsZeroAtFirst() {
    assertThat(tiers().purge(tiers().open()).horizonMillis()).isZero();
  }

  /** Tombstones before the time, and only those. */
  @Test
  default void tombstonesAcceptedBeforeTheTimeAreRemoved() {
    Tier tier = tiers().open();
    TombstonePurge purge = tiers().purge(tier);
    tiers()
        .apply(
            tier,
            at(tombstone("a-old", 1), -1),
            at(tombstone("b-equal", 1), 0),
            at(tombstone("c-new", 1), 1),
            at(value("d-value", 1, "x"), -1));

    assertThat(purge.purge(ACCEPTED_AT, 10)).isEqualTo(1);

    assertThat(tier.load(List.of("a-old", "b-equal", "c-new", "d-value")).found())
        .containsOnlyKeys("b-equal", "c-new", "d-value");
    assertThat(purge.horizonMillis()).isEqualTo(ACCEPTED_AT);
  }

  /** The limit holds; the next call goes on. */
  @Test
  default void aPurgeTakesNoMoreThanItsLimit() {
    Tier tier = tiers().open();
    TombstonePurge purge = tiers().purge(tier);
    for (int i = 0; i < 5; i++) {
      tiers().apply(tier, tombstone("id" + i, 1));
    }

    assertThat(purge.purge(ACCEPTED_AT + 1, 2)).isEqualTo(2);
    assertThat(purge.horizonMillis()).isEqualTo(ACCEPTED_AT + 1);
    assertThat(purge.purge(ACCEPTED_AT + 1, 2)).isEqualTo(2);
    assertThat(purge.purge(ACCEPTED_AT + 1, 2)).isEqualTo(1);
    assertThat(purge.purge(ACCEPTED_AT + 1, 2)).isZero();
  }

  /** The horizon never falls and is never forgotten. */
  @Test
  default void theHorizonNeverFallsAndOutlivesAClose() {
    Tier tier = tiers().unopened();
    tier.open(tiers().config());
    try {
      TombstonePurge purge = tiers().purge(tier);
      purge.purge(ACCEPTED_AT, 10);

      assertThat(purge.purge(ACCEPTED_AT - 5, 10)).isZero();
      assertThat(purge.horizonMillis()).isEqualTo(ACCEPTED_AT);
    } finally {
      tier.close();
    }
    assertThat(tiers().purge(tiers().open()).horizonMillis()).isEqualTo(ACCEPTED_AT);
  }

  /** A late write could bring a deleted id back. */
  @Test
  default void aWriteFromBeforeTheHorizonCreatesNoRow() {
    Tier tier = tiers().open();
    tiers().purge(tier).purge(ACCEPTED_AT, 10);

    ApplyResult result =
        tiers()
            .apply(
                tier,
                at(value("a-old", 9, "x"), -1),
                at(value("b-equal", 9, "x"), 0),
                at(tombstone("c-old", 9), -1));

    ItemOutcome expired = result.outcomes().get(0);
    assertThat(expired.kind()).isEqualTo(Kind.FAILED);
    assertThat(expired.reason()).isEqualTo(ItemOutcome.EXPIRED);
    assertThat(expired.retryable()).isFalse();
    assertThat(result.outcomes().get(1)).isEqualTo(ItemOutcome.applied(Before.ABSENT));
    assertThat(result.outcomes().get(2).reason()).isEqualTo(ItemOutcome.EXPIRED);
    assertThat(tier.load(List.of("a-old", "b-equal", "c-old")).found()).containsOnlyKeys("b-equal");
  }

  /** Where a row stands, its revision tells which write is newer. */
  @Test
  default void aWriteFromBeforeTheHorizonReplacesARow() {
    Tier tier = tiers().open();
    tiers().apply(tier, value("a", 1, "x"), tombstone("b", 1));
    TombstonePurge purge = tiers().purge(tier);
    purge.purge(ACCEPTED_AT, 10);

    assertThat(tiers().applyOne(tier, at(value("a", 2, "y"), -1)).kind()).isEqualTo(Kind.APPLIED);
    assertThat(tiers().applyOne(tier, at(value("b", 2, "y"), -1)).kind()).isEqualTo(Kind.APPLIED);
    assertThat(tiers().applyOne(tier, at(value("b", 1, "y"), -1)).kind()).isEqualTo(Kind.STALE);
  }

  /** A purge changes no id that anybody follows. */
  @Test
  default void aPurgeTellsOfNoChanges() {
    Tier tier = tiers().open();
    ChangeLog log = tiers().changeLog(tier);
    TombstonePurge purge = tiers().purge(tier);
    long before = tiers().commit(tier, tombstone("a", 1)).sequence();

    purge.purge(ACCEPTED_AT + 1, 10);

    ChangePage page = log.poll(before + 1, 10);
    assertThat(page.rows()).allMatch(row -> row.changes().isEmpty());
    assertThat(page.head()).isEqualTo(before + page.rows().size());
  }

  private static Entry at(Entry entry, long millis) {
    return entry.toBuilder().acceptedAtMillis(ACCEPTED_AT + millis).build();
  }
}
