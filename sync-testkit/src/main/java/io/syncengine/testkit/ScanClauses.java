// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static io.syncengine.testkit.Entries.tombstone;
import static io.syncengine.testkit.Entries.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.model.ItemId;
import io.syncengine.spi.Entry;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.Scannable;
import io.syncengine.spi.Tier;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Of {@link TierContract}: pages of live entries in id-byte order.
 *
 * @since 0.1
 */
public interface ScanClauses extends TierClauses {
  /** Live entries only. */
  @Test
  default void aScanGivesLiveEntriesAsALoadDoes() {
    Tier tier = tiers().open();
    Scannable scannable = tiers().scannable(tier);
    Entry live = value("a", 1, "x").toBuilder().mergeType((byte) 2).trace("t", "s").build();
    tiers().apply(tier, live, tombstone("b", 1), value("c", 1, "y"));
    tiers().apply(tier, tombstone("c", 2));

    List<Entry> page = scannable.scan(IdRange.ALL, null, 10);

    assertThat(page).hasSize(1);
    tiers().assertStored(page.get(0), live);
    assertThat(page.get(0).sequence()).isEqualTo(tiers().loadExisting(tier, "a").sequence());
  }

  /** The order of UTF-8 bytes. */
  @Test
  default void aScanIsInByteOrder() {
    Tier tier = tiers().open();
    tiers().scannable(tier);
    List<Entry> entries = new ArrayList<>();
    StorageClauses.DISTINCT_IDS.forEach(id -> entries.add(value(id, 1, "x")));
    tier.apply(Entries.batch(entries));

    assertThat(tiers().allLive(tier))
        .extracting(Entry::id)
        .containsExactlyElementsOf(
            StorageClauses.DISTINCT_IDS.stream().sorted(ItemId.BYTE_ORDER).toList());
  }

  /** From inclusive, to exclusive. */
  @Test
  default void aRangeIsInclusiveBelowAndExclusiveAbove() {
    Tier tier = tiers().open();
    Scannable scannable = tiers().scannable(tier);
    tiers().apply(tier, values("a", "a.b", "a.b.c", "a.c", "b"));

    assertThat(ids(scannable, "a.b", "b", null, 10)).containsExactly("a.b", "a.b.c", "a.c");
    assertThat(ids(scannable, "a.b", "a.b.c", null, 10)).containsExactly("a.b");
    assertThat(ids(scannable, null, "a.b", null, 10)).containsExactly("a");
    assertThat(ids(scannable, "a.c", null, null, 10)).containsExactly("a.c", "b");
    assertThat(ids(scannable, "a.b", "a.b", null, 10)).isEmpty();
    assertThat(ids(scannable, "b", "a", null, 10)).isEmpty();
    assertThat(ids(scannable, "c", null, null, 10)).isEmpty();
  }

  /** Pages go on after an id, be it there or not. */
  @Test
  default void pagesGoOnAfterAnId() {
    Tier tier = tiers().open();
    Scannable scannable = tiers().scannable(tier);
    tiers().apply(tier, values("a", "b", "c", "d", "e"));

    assertThat(ids(scannable, null, null, null, 2)).containsExactly("a", "b");
    assertThat(ids(scannable, null, null, "b", 2)).containsExactly("c", "d");
    assertThat(ids(scannable, null, null, "d", 2)).containsExactly("e");
    assertThat(ids(scannable, null, null, "e", 2)).isEmpty();
    assertThat(ids(scannable, null, null, "bb", 1)).containsExactly("c");
    assertThat(ids(scannable, "b", "d", "a", 9)).containsExactly("b", "c");
    assertThat(ids(scannable, "b", "d", "b", 9)).containsExactly("c");
    assertThat(ids(scannable, "b", "d", "c", 9)).isEmpty();
    assertThat(ids(scannable, "b", "d", "e", 9)).isEmpty();
  }

  /** Tombstones do not shorten a page. */
  @Test
  default void aPageIsShortOnlyAtTheEnd() {
    Tier tier = tiers().open();
    Scannable scannable = tiers().scannable(tier);
    List<Entry> entries = new ArrayList<>();
    for (int i = 1000; i < 1300; i++) {
      entries.add(i % 100 == 0 ? value("id" + i, 1, "x") : tombstone("id" + i, 1));
    }
    tier.apply(Entries.batch(entries));

    assertThat(ids(scannable, null, null, null, 2)).containsExactly("id1000", "id1100");
    assertThat(ids(scannable, null, null, "id1100", 2)).containsExactly("id1200");
  }

  private static Entry[] values(String... ids) {
    Entry[] entries = new Entry[ids.length];
    for (int i = 0; i < ids.length; i++) {
      entries[i] = value(ids[i], 1, "of " + ids[i]);
    }
    return entries;
  }

  private static List<String> ids(
      Scannable scannable,
      @Nullable String from,
      @Nullable String to,
      @Nullable String after,
      int limit) {
    return scannable.scan(new IdRange(from, to), after, limit).stream().map(Entry::id).toList();
  }
}
