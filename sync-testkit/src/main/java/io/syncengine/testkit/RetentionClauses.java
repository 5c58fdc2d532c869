// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static io.syncengine.testkit.Entries.ACCEPTED_AT;
import static io.syncengine.testkit.Entries.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.spi.ChangeLog;
import io.syncengine.spi.ChangeRetention;
import io.syncengine.spi.ChangeRow;
import io.syncengine.spi.Digests;
import io.syncengine.spi.Tier;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Of {@link TierContract}: old change rows go, but not those that somebody needs.
 *
 * @since 0.1
 */
public interface RetentionClauses extends TierClauses {
  /** By the writer's clock, from the oldest on, and never the newest. */
  @Test
  default void rowsCommittedBeforeTheTimeAreRemovedButTheNewest() {
    Tier tier = tenRows();
    ChangeRetention retention = tiers().retention(tier);

    assertThat(retention.trim(at(3), 0, 100)).isEqualTo(3);
    assertThat(sequences(tier)).containsExactly(4L, 5L, 6L, 7L, 8L, 9L, 10L);
    assertThat(retention.trim(at(3), 0, 100)).isZero();
    assertThat(retention.trim(at(6), 0, 2)).isEqualTo(2);
    assertThat(sequences(tier)).containsExactly(6L, 7L, 8L, 9L, 10L);
    assertThat(retention.trim(at(100), at(100), 100)).isEqualTo(4);
    assertThat(sequences(tier)).containsExactly(10L);
    assertThat(tiers().changeLog(tier).poll(1, 1).head()).isEqualTo(10);
  }

  /** The slowest of them, until it is gone or the bound says so. */
  @Test
  default void rowsThatAReaderNeedsStayUpToTheBound() {
    Tier tier = tenRows();
    ChangeRetention retention = tiers().retention(tier);
    retention.register("fast", 9);
    retention.register("slow", 2);
    retention.register("slow", 4);

    assertThat(retention.trim(at(8), 0, 100)).isEqualTo(3);
    assertThat(sequences(tier)).startsWith(4L);
    assertThat(retention.trim(at(8), at(5), 100)).isEqualTo(2);
    assertThat(sequences(tier)).startsWith(6L);
    assertThat(retention.trim(at(8), 0, 100)).as("the slow one is forgotten").isEqualTo(3);
    assertThat(retention.trim(at(100), 0, 100)).isZero();
    retention.unregister("fast");
    retention.unregister("nobody");
    assertThat(retention.trim(at(100), 0, 100)).isEqualTo(1);
  }

  /** It is told that its row is gone, and keeps no others. */
  @Test
  default void aReaderThatNeedsARowThatIsGoneKeepsNone() {
    Tier tier = tenRows();
    ChangeRetention retention = tiers().retention(tier);
    assertThat(retention.trim(at(3), 0, 100)).isEqualTo(3);
    retention.register("late", 3);
    retention.register("reader", 8);

    assertThat(retention.trim(at(9), 0, 100)).isEqualTo(4);
    assertThat(sequences(tier)).containsExactly(8L, 9L, 10L);
  }

  /** Digests lose nothing by it. */
  @Test
  default void digestsAreRightAfterRowsAreGone() {
    Tier tier = tenRows();
    Digests digests = tiers().digests(tier);
    byte[] before = Sums.joined(digests.digests(4, Sums.all(4)).digests());

    assertThat(tiers().retention(tier).trim(at(100), at(100), 100)).isEqualTo(9);

    assertThat(Arrays.equals(Sums.joined(digests.digests(4, Sums.all(4)).digests()), before))
        .isTrue();
    assertThat(digests.replaceDigests(5, before)).as("rows behind it are gone").isFalse();
    assertThat(digests.replaceDigests(9, before)).isTrue();
    tiers().apply(tier, value("id", 11, "x"));
    assertThat(digests.replaceDigests(10, before)).isTrue();
  }

  /** What nobody can mean. */
  @Test
  default void retentionChecksWhatItIsGiven() {
    Tier tier = tenRows();
    ChangeRetention retention = tiers().retention(tier);

    assertThatThrownBy(() -> retention.register("", 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> retention.register("x".repeat(257), 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> retention.register("a", 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> retention.trim(1, 2, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> retention.trim(2, 1, 0)).isInstanceOf(IllegalArgumentException.class);
    retention.register("\ud83d\ude00".repeat(128), 1);
  }

  private Tier tenRows() {
    ManualTime clock = new ManualTime();
    Tier tier = tiers().open(tiers().config().withTimeSource(clock));
    tiers().retention(tier);
    for (int version = 1; version <= 10; version++) {
      tiers().apply(tier, value("id", version, "x"));
      clock.advance(Duration.ofSeconds(1));
    }
    tiers().fold(tier);
    return tier;
  }

  /** The time after which so many rows were committed before. */
  private static long at(int rows) {
    return ACCEPTED_AT + rows * 1_000L;
  }

  private List<Long> sequences(Tier tier) {
    ChangeLog log = tiers().changeLog(tier);
    return log.poll(1, 100).rows().stream().map(ChangeRow::sequence).toList();
  }
}
