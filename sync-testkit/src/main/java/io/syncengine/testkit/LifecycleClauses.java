// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static io.syncengine.testkit.Entries.tombstone;
import static io.syncengine.testkit.Entries.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.syncengine.model.TierException;
import io.syncengine.model.VersionMode;
import io.syncengine.spi.CacheGenerations;
import io.syncengine.spi.ChangeLog;
import io.syncengine.spi.ChangeRetention;
import io.syncengine.spi.Digests;
import io.syncengine.spi.Entry;
import io.syncengine.spi.Headers;
import io.syncengine.spi.Restore;
import io.syncengine.spi.Scannable;
import io.syncengine.spi.Tier;
import io.syncengine.spi.TierInfo;
import io.syncengine.spi.TombstonePurge;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Of {@link TierContract}: opening, closing, capabilities.
 *
 * @since 0.1
 */
public interface LifecycleClauses extends TierClauses {
  /** Data and database id outlive a close. */
  @Test
  default void dataAndDatabaseIdStayOverACloseAndAnOpen() {
    Tier tier = tiers().unopened();
    TierInfo first = tier.open(tiers().config());
    Entry written = value("a", 1, "x");
    tiers().apply(tier, written);
    tier.close();

    Tier again = tiers().open();

    assertThat(tiers().info().databaseId()).isNotBlank().isEqualTo(first.databaseId());
    tiers().assertStored(tiers().load(again, "a"), written);
  }

  /** So that the clock of an engine passes it; 0 stands for a tier that does not keep it. */
  @Test
  default void theHighestVersionIsToldAtAnOpenIfItIsKept() {
    Tier tier = tiers().open();
    tiers().apply(tier, value("a", 7, "x"), tombstone("b", 9));
    tiers().apply(tier, value("c", 8, "x"));
    tier.close();

    tiers().open();

    assertThat(tiers().info().highestVersion()).isIn(0L, 9L);
  }

  /** The description is for people, and never null. */
  @Test
  default void theDescriptionIsThere() {
    tiers().open();

    assertThat(tiers().info().description()).isNotBlank();
  }

  /** Several engines on one store. */
  @Test
  default void twoOpenTiersSeeEachOther() {
    Tier one = tiers().open(tiers().config().withInstanceId("one"));
    Tier two = tiers().open(tiers().config().withInstanceId("two"));

    tiers().apply(one, value("a", 1, "from one"));
    tiers().apply(two, value("b", 1, "from two"));

    assertThat(tiers().load(two, "a")).isNotNull();
    assertThat(tiers().load(one, "b")).isNotNull();
  }

  /** The mode stands in the store. */
  @Test
  default void theOtherVersionModeIsRefusedForGoodAndNothingIsChanged() {
    Tier tier = tiers().open();
    tiers().apply(tier, value("a", 1, "x"));
    TestTierConfig other = tiers().config().withVersionMode(VersionMode.CALLER);
    Tier refused = tiers().unopened();

    TierException e = catchThrowableOfType(TierException.class, () -> refused.open(other));

    assertThat(e).isNotNull();
    assertThat(e.retryable()).isFalse();
    assertThat(e.tier()).isEqualTo(tiers().config().tierName());
    assertThat(tiers().load(tier, "a")).isNotNull();
    assertThat(tiers().load(tiers().open(), "a")).isNotNull();
  }

  /** A failed open is no dead end. */
  @Test
  default void aTierIsOpenedAgainAfterAnOpenThatFailed() {
    tiers().open();
    Tier tier = tiers().unopened();
    TestTierConfig other = tiers().config().withVersionMode(VersionMode.CALLER);
    assertThatThrownBy(() -> tier.open(other)).isInstanceOf(TierException.class);

    tier.open(tiers().config());

    assertThat(tiers().load(tier, "a")).isNull();
    tier.close();
  }

  /** Closing one of two leaves the other at work, be it the same object. */
  @Test
  default void closesAreCounted() {
    Tier one = tiers().unopened();
    one.open(tiers().config());
    Tier two = tiers().open();

    one.close();

    tiers().apply(two, value("a", 1, "x"));
    assertThat(tiers().load(two, "a")).isNotNull();
  }

  /** One object, opened twice. */
  @Test
  default void aTierOpenedTwiceWorksUntilItsSecondClose() {
    Tier tier = tiers().unopened();
    tier.open(tiers().config());
    tier.open(tiers().config());

    tier.close();
    tiers().apply(tier, value("a", 1, "x"));
    tier.close();
    tier.close();

    assertThat(tiers().load(tiers().open(), "a")).isNotNull();
  }

  /** Too late is an error of the tier, never "absent". */
  @Test
  default void aCallAfterTheLastCloseThrows() {
    Tier tier = tiers().unopened();
    tier.open(tiers().config());
    tier.close();

    assertThatThrownBy(() -> tier.load(List.of("a"))).isInstanceOf(TierException.class);
    assertThatThrownBy(() -> tiers().apply(tier, value("a", 1, "x")))
        .isInstanceOf(TierException.class);
  }

  /** Closing what was never open. */
  @Test
  default void closeIsIdempotentAndNeverThrows() {
    Tier tier = tiers().unopened();
    tier.close();
    tier.open(tiers().config());
    tier.close();
    tier.close();

    assertThat(tiers().load(tiers().open(), "a")).isNull();
  }

  /** Read-only reads what is there and writes nothing. */
  @Test
  default void aReadOnlyTierReadsAndRefusesToWrite() {
    Tier writer = tiers().unopened();
    writer.open(tiers().config());
    tiers().apply(writer, value("a", 1, "x"));
    writer.close();
    Tier reader = tiers().open(tiers().config().withReadOnly(true));

    assertThat(tiers().load(reader, "a")).isNotNull();
    TierException e =
        catchThrowableOfType(TierException.class, () -> tiers().apply(reader, value("b", 1, "x")));
    assertThat(e).isNotNull();
    assertThat(e.retryable()).isFalse();
    assertThat(tiers().load(reader, "b")).isNull();
  }

  /** The same answer each time. */
  @Test
  default void capabilitiesAreStable() {
    Tier tier = tiers().open();

    for (Class<?> type :
        List.of(
            ChangeLog.class,
            ChangeRetention.class,
            Digests.class,
            Restore.class,
            Scannable.class,
            Headers.class,
            TombstonePurge.class,
            CacheGenerations.class)) {
      assertThat((Object) tier.capability(type)).isEqualTo(tier.capability(type));
    }
    assertThat(tier.capability(Runnable.class)).isEmpty();
  }
}
