// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.read;

import io.syncengine.model.ItemId;
import io.syncengine.model.SyncItem;
import io.syncengine.pending.Doubt;
import io.syncengine.pending.Pending;
import io.syncengine.resilience.TierPort;
import io.syncengine.spi.Entry;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.LogPlace;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Scans: freezes what pending has of the range, then merges it with pages of the ground truth by id
 * bytes, the higher revision winning. Nothing is held open between pages. What leaves pending after
 * the freeze is in the ground truth by then, so nothing is missed, and ids rise, so nothing comes
 * twice.
 */
public final class ScanRoad {
  private static final int PAGE = 500;

  private final ReadRoad reads;
  private final Pending pending;
  private final TierPort truth;
  private final Function<LogPlace, Optional<Entry>> log;
  private final Consumer<Entry> seenInTruth;

  /**
   * Makes the road.
   *
   * @param seenInTruth is shown everything that the ground truth says, before anybody else
   */
  public ScanRoad(
      ReadRoad reads,
      Pending pending,
      TierPort truth,
      Function<LogPlace, Optional<Entry>> log,
      Consumer<Entry> seenInTruth) {
    this.reads = reads;
    this.pending = pending;
    this.truth = truth;
    this.log = log;
    this.seenInTruth = seenInTruth;
  }

  /** The items of a subtree, lazily, by rising id bytes. */
  public Stream<SyncItem> scan(Subtree subtree) {
    // The root is read with the rest of the range frozen first, as its own small range before it.
    Merge merge = new Merge(subtree.below());
    Stream<SyncItem> below =
        StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(
                merge, Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.DISTINCT),
            false);
    return subtree
        .root()
        .map(id -> Stream.concat(Stream.of(id).map(reads::get).filter(i -> i != null), below))
        .orElse(below);
  }

  /** One scan; for one thread. */
  private final class Merge implements Iterator<SyncItem> {
    private final IdRange range;
    private final Deque<Pending.Frozen> frozen;
    private final Deque<Entry> page = new ArrayDeque<>();
    private @Nullable String after;
    private boolean lastPage;
    private final Set<String> ahead = new HashSet<>();
    private Map<String, SyncItem> readAhead = Map.of();
    private @Nullable SyncItem next;

    Merge(IdRange range) {
      this.range = range;
      this.frozen = new ArrayDeque<>(pending.freeze(range));
    }

    @Override
    public boolean hasNext() {
      while (next == null) {
        turnPage();
        if (page.isEmpty() && frozen.isEmpty()) {
          return false;
        }
        next = step();
      }
      return true;
    }

    @Override
    public SyncItem next() {
      SyncItem item = hasNext() ? next : null;
      if (item == null) {
        throw new NoSuchElementException();
      }
      next = null;
      return item;
    }

    private void turnPage() {
      if (page.isEmpty() && !lastPage) {
        List<Entry> entries = truth.scan(range, after, PAGE);
        entries.forEach(seenInTruth);
        lastPage = entries.size() < PAGE;
        page.addAll(entries);
        if (!entries.isEmpty()) {
          after = entries.get(entries.size() - 1).id();
        }
      }
    }

    /** The next id of either side; null if it is deleted. */
    private @Nullable SyncItem step() {
      Pending.Frozen here = frozen.peekFirst();
      Entry there = page.peekFirst();
      int order =
          here == null ? 1 : there == null ? -1 : ItemId.BYTE_ORDER.compare(here.id(), there.id());
      if (order > 0) {
        return page.pollFirst().toItem();
      }
      frozen.pollFirst();
      if (order == 0) {
        page.pollFirst();
      }
      Entry entry = here.found().content(log).orElse(null);
      if (order == 0) {
        Entry higher = entry == null || there.isAbove(entry) ? there : entry;
        return higher.tombstone() ? null : higher.toItem();
      }
      if (entry == null || here.found().doubt() != Doubt.NONE) {
        // Only the ground truth can tell whether it holds a tombstone above it, or the item itself.
        return asked(here);
      }
      return entry.tombstone() ? null : entry.toItem();
    }

    /**
     * Reads an id and, in the same request, those behind it that have to be read too; null if
     * absent.
     */
    private @Nullable SyncItem asked(Pending.Frozen first) {
      if (!ahead.contains(first.id())) {
        ahead.clear();
        ahead.add(first.id());
        for (Pending.Frozen other : frozen) {
          if (ahead.size() == PAGE) {
            break;
          }
          if (other.found().doubt() != Doubt.NONE) {
            ahead.add(other.id());
          }
        }
        readAhead = reads.getAll(ahead);
      }
      return readAhead.get(first.id());
    }
  }
}
