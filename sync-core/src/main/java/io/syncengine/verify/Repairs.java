// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.verify;

import io.syncengine.model.CorruptDataException;
import io.syncengine.model.Difference.Fix;
import io.syncengine.model.ItemId;
import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.Entry;
import io.syncengine.spi.Header;
import io.syncengine.spi.IdHash;
import io.syncengine.spi.ItemOutcome;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What one run writes into databases, if it may write. For one thread. */
final class Repairs {
  private final Scope scope;
  private final Work work;

  Repairs(Scope scope, Work work) {
    this.scope = scope;
    this.work = work;
  }

  /** Reads the rows of a side and holds them against themselves; nothing unless the run is deep. */
  @Nullable RowWalk read(Side side) {
    if (!scope.deep()) {
      return null;
    }
    RowWalk rows = new RowWalk(side);
    if (scope.isWhole()) {
      rows.readAll();
      if (rows.unreadable() != null && !scope.writes()) {
        throw rows.unreadable();
      }
      work.buckets(rows.differing());
    } else {
      scope.ranges().forEach(rows::read);
    }
    return rows;
  }

  /** Writes entries as any other writer would; says of each what became of it. */
  Map<String, Fix> apply(Map<String, Entry> entries, Side side) {
    return write(entries, side, false);
  }

  /** Writes entries also over rows of the same revision; says of each what became of it. */
  Map<String, Fix> restore(Map<String, Entry> entries, Side side) {
    return write(entries, side, true);
  }

  private Map<String, Fix> write(Map<String, Entry> entries, Side side, boolean over) {
    Map<String, Fix> fixes = new HashMap<>();
    if (!scope.writes()) {
      entries.keySet().forEach(id -> fixes.put(id, scope.notWritten()));
      return fixes;
    }
    List<Entry> batch = new ArrayList<>();
    for (Entry entry : entries.values()) {
      // Who commits it is this instance, whoever wrote it first.
      batch.add(entry.toBuilder().base(null).origin(null).build());
    }
    if (batch.isEmpty()) {
      return fixes;
    }
    batch.sort(Comparator.comparing(Entry::id, ItemId.BYTE_ORDER));
    ApplyResult result = over && side.restores() ? side.restore(batch) : side.apply(batch);
    for (int i = 0; i < batch.size(); i++) {
      fixes.put(batch.get(i).id(), fix(result.outcomes().get(i)));
    }
    return fixes;
  }

  private static Fix fix(ItemOutcome outcome) {
    return switch (outcome.kind()) {
      case APPLIED, UNCHANGED -> Fix.REPAIRED;
      case FAILED -> ItemOutcome.EXPIRED.equals(outcome.reason()) ? Fix.AMBIGUOUS : Fix.REFUSED;
      case STALE, CONFLICT -> Fix.REFUSED;
    };
  }

  /**
   * After all else was written to a side: where its rows are not those of the change log, writes
   * them over themselves, so that all who follow it learn of them; and puts the digests right that
   * are kept of what was written.
   */
  void finish(Side side, @Nullable RowWalk rows) {
    if (!scope.writes() || !side.keepsDigests()) {
      return;
    }
    List<Integer> differing = rows == null ? List.of() : rows.differing();
    for (List<Integer> some : Portions.of(differing, Portions.BUCKETS)) {
      List<String> ids =
          side.buckets(some).headers().stream()
              .filter(h -> h.revision() != null && h.live())
              .map(Header::id)
              .toList();
      Portions.of(ids, Portions.CONTENTS).forEach(part -> restore(intact(side, part), side));
    }
    if (rows != null && rows.unreadable() != null) {
      boolean right = rows.replaceKept();
      work.digestsSettled(right);
      if (!right) {
        work.buckets(IntStream.range(0, IdHash.BUCKETS).boxed().toList());
      }
      return;
    }
    BitSet buckets = (BitSet) side.written().clone();
    differing.forEach(buckets::set);
    if (buckets.isEmpty()) {
      return;
    }
    BucketSums.Settled settled = settle(side, buckets);
    if (!differing.isEmpty() || !settled.differing().isEmpty()) {
      work.buckets(settled.differing());
      work.digestsSettled(settled.right());
    }
  }

  private static BucketSums.Settled settle(Side side, BitSet buckets) {
    try {
      return BucketSums.settle(side, buckets);
    } catch (CorruptDataException e) {
      // What was written is written, and is told; a deep run over everything computes them anew.
      return new BucketSums.Settled(buckets.stream().boxed().toList(), false);
    }
  }

  /** What can be read of ids and is what was written. */
  private static Map<String, Entry> intact(Side side, List<String> ids) {
    Map<String, Entry> found = side.load(ids).found();
    found.values().removeIf(entry -> !entry.isIntact());
    return found;
  }
}
