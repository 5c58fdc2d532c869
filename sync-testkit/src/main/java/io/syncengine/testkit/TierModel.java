// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static io.syncengine.testkit.Entries.ACCEPTED_AT;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.model.ItemId;
import io.syncengine.model.Revision;
import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.Before;
import io.syncengine.spi.ChangeLog;
import io.syncengine.spi.Entry;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.ItemOutcome;
import io.syncengine.spi.Scannable;
import io.syncengine.spi.Tier;
import io.syncengine.spi.TombstonePurge;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/** A tier beside a plain map: each step does the same to both and compares. For one thread. */
final class TierModel {
  private static final List<String> IDS =
      List.of("a", "A", "a.b", "a.b.c", "a.c", "b", "\u00e9", "\ud83d\ude00", "\uffee", "z");

  private final TierFixture tiers;
  private final Random random;
  private final NavigableMap<String, Entry> rows = new TreeMap<>(ItemId.BYTE_ORDER);
  private Tier tier;
  private long horizon;

  TierModel(TierFixture tiers, long seed) {
    this.tiers = tiers;
    this.random = new Random(seed);
    this.tier = tiers.open();
  }

  void step() {
    int dice = random.nextInt(20);
    if (dice < 12) {
      apply();
    } else if (dice < 16) {
      load();
    } else if (dice < 18) {
      tier.capability(Scannable.class).ifPresent(this::scan);
    } else if (dice < 19) {
      tier.capability(TombstonePurge.class).ifPresent(this::purge);
    } else {
      tier = tiers.open();
    }
  }

  void checkAll() {
    var found = tier.load(IDS).found();
    assertThat(found.keySet()).containsExactlyInAnyOrderElementsOf(rows.keySet());
    rows.forEach((id, row) -> tiers.assertStored(found.get(id), row));
  }

  private void apply() {
    Set<String> ids = new HashSet<>();
    int size = 1 + random.nextInt(5);
    for (int i = 0; i < size; i++) {
      ids.add(anId());
    }
    List<Entry> batch = Entries.batch(ids.stream().sorted().map(this::anEntry).toList());

    ApplyResult result = tier.apply(batch);

    List<String> written = new ArrayList<>();
    assertThat(result.outcomes()).hasSameSizeAs(batch);
    for (int i = 0; i < batch.size(); i++) {
      if (check(batch.get(i), result.outcomes().get(i))) {
        written.add(batch.get(i).id());
        rows.put(batch.get(i).id(), batch.get(i));
      }
    }
    if (result.row() != null) {
      assertThat(result.row().changes()).extracting("id").hasSameElementsAs(written);
    } else if (tier.capability(ChangeLog.class).isPresent()) {
      assertThat(written).as("written without a change row").isEmpty();
    }
  }

  /** Compares an outcome with the model's; true if the entry is written. */
  private boolean check(Entry entry, ItemOutcome outcome) {
    Entry current = rows.get(entry.id());
    Revision there = current == null ? null : current.revision();
    if (there == null && entry.acceptedAtMillis() < horizon) {
      boolean conflict = entry.base() != null && outcome.equals(ItemOutcome.conflict(null));
      assertThat(conflict || ItemOutcome.EXPIRED.equals(outcome.reason())).as("expired").isTrue();
      return false;
    }
    if (entry.revision().equals(there)) {
      assertThat(outcome).isEqualTo(ItemOutcome.unchanged(Before.of(there)));
      return false;
    }
    if (entry.base() != null && !entry.base().equals(there)) {
      assertThat(outcome.kind()).isEqualTo(ItemOutcome.Kind.CONFLICT);
      assertThat(Optional.ofNullable(outcome.current()).map(Entry::revision))
          .isEqualTo(Optional.ofNullable(there));
      return false;
    }
    boolean above = entry.revision().isAbove(there);
    Before before = Before.of(there);
    assertThat(outcome).isEqualTo(above ? ItemOutcome.applied(before) : ItemOutcome.stale(before));
    return above;
  }

  private void load() {
    List<String> ids = IDS.stream().filter(id -> random.nextBoolean()).toList();
    var found = tier.load(ids).found();
    for (String id : ids) {
      assertThat(found.containsKey(id)).isEqualTo(rows.containsKey(id));
      Entry row = rows.get(id);
      if (row != null) {
        tiers.assertStored(found.get(id), row);
      }
    }
  }

  private void scan(Scannable scannable) {
    IdRange range =
        new IdRange(random.nextBoolean() ? anId() : null, random.nextBoolean() ? anId() : null);
    String after = random.nextBoolean() ? anId() : null;
    int limit = 1 + random.nextInt(5);

    List<String> expected =
        rows.values().stream()
            .filter(e -> !e.tombstone() && range.contains(e.id()))
            .map(Entry::id)
            .filter(id -> after == null || ItemId.BYTE_ORDER.compare(id, after) > 0)
            .limit(limit)
            .toList();
    assertThat(scannable.scan(range, after, limit))
        .extracting(Entry::id)
        .containsExactlyElementsOf(expected);
  }

  private void purge(TombstonePurge purge) {
    long before = aTime();
    purge.purge(before, 100);
    horizon = Math.max(horizon, before);
    rows.values().removeIf(e -> e.tombstone() && e.acceptedAtMillis() < before);
    assertThat(purge.horizonMillis()).isEqualTo(horizon);
  }

  private Entry anEntry(String id) {
    long version = 1L + random.nextInt(12);
    Entry entry =
        random.nextInt(3) == 0
            ? Entries.tombstone(id, version)
            : Entries.value(id, version, "content " + random.nextInt(3));
    Entry.Builder builder = entry.toBuilder().acceptedAtMillis(aTime());
    if (random.nextInt(4) == 0) {
      Entry current = rows.get(id);
      builder.base(
          current != null && random.nextBoolean()
              ? current.revision()
              : Revision.ofTombstone(1 + random.nextInt(12)));
    }
    return builder.build();
  }

  private String anId() {
    return IDS.get(random.nextInt(IDS.size()));
  }

  private long aTime() {
    return ACCEPTED_AT + random.nextInt(20);
  }
}
