// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static io.syncengine.testkit.Present.present;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.model.ItemId;
import io.syncengine.model.Revision;
import io.syncengine.spi.Before;
import io.syncengine.spi.Change;
import io.syncengine.spi.ChangeLog;
import io.syncengine.spi.ChangePage;
import io.syncengine.spi.ChangeRow;
import io.syncengine.spi.Digests;
import io.syncengine.spi.Entry;
import io.syncengine.spi.Header;
import io.syncengine.spi.IdHash;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.Leaf;
import io.syncengine.spi.Scannable;
import io.syncengine.spi.Tier;
import io.syncengine.spi.TombstonePurge;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What holds in every store with a change log, whatever was done to it with the fence on. */
final class TierInvariants {
  private TierInvariants() {}

  static void check(TierFixture tiers, Tier tier) {
    checkDigests(tier);
    List<ChangeRow> rows = tiers.allRows(tier);
    if (tiers.trimmed()) {
      return;
    }
    ChangePage head = tier.capability(ChangeLog.class).orElseThrow().poll(1, 0);
    assertThat(head.head()).as("head").isEqualTo(rows.size());
    boolean purged =
        tier.capability(TombstonePurge.class).map(p -> p.horizonMillis() > 0).orElse(false);
    Map<String, Revision> latest = follow(rows, purged, tiers.restored());
    Map<String, Entry> found = tier.load(latest.keySet()).found();
    latest.forEach((id, revision) -> checkRow(found.get(id), revision, purged));
    if (tier.capability(Scannable.class).isPresent()) {
      List<Entry> live = tiers.allLive(tier);
      assertThat(live)
          .extracting(Entry::id)
          .as("the live ids are those of the change rows")
          .isEqualTo(
              latest.entrySet().stream()
                  .filter(e -> !e.getValue().tombstone())
                  .map(Map.Entry::getKey)
                  .sorted(ItemId.BYTE_ORDER)
                  .toList());
      assertThat(sums(rows)).as("sums of leaf deltas").isEqualTo(leaves(live));
    }
  }

  /** Whatever was folded when: the digests are the sums of what is there. */
  private static void checkDigests(Tier tier) {
    Digests digests = tier.capability(Digests.class).orElse(null);
    if (digests == null) {
      return;
    }
    byte[] root = new byte[Leaf.BYTES];
    Map<Integer, byte[]> buckets = new TreeMap<>();
    for (Header header : digests.headers(IdRange.ALL, null, Integer.MAX_VALUE).headers()) {
      byte[] leaf = Leaf.of(header.id(), Present.present(header.revision(), "revision"));
      int bucket = IdHash.bucket(IdHash.of(header.id()));
      Leaf.add(root, leaf);
      Leaf.add(buckets.computeIfAbsent(bucket, b -> new byte[Leaf.BYTES]), leaf);
    }
    assertThat(digests.digests(0, List.of(0)).digests()).as("root digest").containsExactly(root);
    if (!buckets.isEmpty()) {
      assertThat(digests.digests(Digests.LEVELS, List.copyOf(buckets.keySet())).digests())
          .as("bucket digests")
          .containsExactlyElementsOf(buckets.values());
    }
  }

  /** Follows the rows: dense, and each before-state is what the rows before it left. */
  private static Map<String, Revision> follow(
      List<ChangeRow> rows, boolean purged, boolean restored) {
    Map<String, Revision> latest = new HashMap<>();
    for (int i = 0; i < rows.size(); i++) {
      assertThat(rows.get(i).sequence()).as("dense sequence").isEqualTo(i + 1);
      for (Change change : rows.get(i).changes()) {
        Revision before = latest.put(change.id(), change.revision());
        if (!restored || change.before() != Before.State.ABSENT) {
          checkChange(change, before, purged);
        }
      }
    }
    return latest;
  }

  private static void checkChange(Change change, @Nullable Revision before, boolean purged) {
    if (purged && before != null && before.tombstone() && change.before() == Before.State.ABSENT) {
      return;
    }
    assertThat(change.revision().isAbove(before)).as("revisions rise").isTrue();
    assertThat(change.before()).as("before-state").isEqualTo(Before.of(before).state());
  }

  private static void checkRow(@Nullable Entry entry, Revision revision, boolean purged) {
    if (entry == null && purged && revision.tombstone()) {
      return;
    }
    Entry there = present(entry, "entry that a change row tells of");
    assertThat(there.revision()).as("the latest revision").isEqualTo(revision);
  }

  private static Map<Integer, String> sums(List<ChangeRow> rows) {
    Map<Integer, byte[]> sums = new TreeMap<>();
    rows.forEach(row -> row.changes().forEach(c -> add(sums, c.id(), c.leafDelta())));
    return text(sums);
  }

  private static Map<Integer, String> leaves(List<Entry> live) {
    Map<Integer, byte[]> sums = new TreeMap<>();
    live.forEach(e -> add(sums, e.id(), Leaf.of(e.id(), e.revision())));
    return text(sums);
  }

  private static void add(Map<Integer, byte[]> sums, String id, byte[] summand) {
    int bucket = IdHash.bucket(IdHash.of(id));
    Leaf.add(sums.computeIfAbsent(bucket, b -> new byte[Leaf.BYTES]), summand);
  }

  /** In hexadecimal, empty buckets left out. */
  private static Map<Integer, String> text(Map<Integer, byte[]> sums) {
    Map<Integer, String> text = new TreeMap<>();
    sums.forEach((bucket, sum) -> text.put(bucket, HexFormat.of().formatHex(sum)));
    text.values().removeIf(sum -> sum.equals("0".repeat(2 * Leaf.BYTES)));
    return text;
  }
}
