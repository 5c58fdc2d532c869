// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cache;

import io.syncengine.model.Revision;
import io.syncengine.spi.CacheState;
import io.syncengine.spi.Change;
import io.syncengine.spi.ChangeRow;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the cache may still lack: the change rows that this instance has followed and the cache is
 * not known to reflect. For the ids of those rows it knows the lowest revision that may be taken
 * from the cache. A row's floors go as soon as the cache reflects it; the row itself when the cache
 * says so to everybody, by its origin's position.
 *
 * <p>A revision that was seen in the ground truth before its row was followed has a floor as well,
 * until the row comes.
 *
 * <p>Safe from any thread. Rows are guarded by the monitor, held for map operations only; floors
 * are written under it and read by anyone.
 */
final class Floors {
  /** The sequence of a floor that stands until {@link #settled}. */
  private static final long UNKNOWN = Long.MAX_VALUE;

  private final ConcurrentHashMap<String, Floor> floors = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, Floor> ahead = new ConcurrentHashMap<>();
  private final TreeMap<Long, Row> rows = new TreeMap<>();
  // Rows that the cache reflects and that were not followed yet.
  private final Set<Long> early = new HashSet<>();
  // Written under the monitor.
  private volatile long lastSequence;
  private long lastTag;
  private long changes;

  /** A change of a row, without what nobody needs here. */
  record Changed(String id, Revision revision) {}

  /** A row that the cache does not say it reflects. */
  static final class Row {
    final long sequence;
    final long previousTag;
    final String origin;
    final List<Changed> changed;
    final long followedAtNanos;
    private boolean reflected;

    private Row(ChangeRow row, long previousTag, long followedAtNanos) {
      this.sequence = row.sequence();
      this.previousTag = previousTag;
      this.origin = row.origin();
      this.changed = row.changes().stream().map(c -> new Changed(c.id(), c.revision())).toList();
      this.followedAtNanos = followedAtNanos;
    }
  }

  /** A place in the change log. */
  record Place(long sequence, long tag) {}

  /** What the cache must not say less of an id than; null if anything will do. */
  @Nullable Floor of(String id) {
    Floor floor = floors.get(id);
    Floor seen = ahead.get(id);
    if (floor == null || seen == null) {
      return floor == null ? seen : floor;
    }
    return seen.revision().isAbove(floor.revision()) ? seen : floor;
  }

  /** A row is followed; before anybody forgets what it makes old. */
  synchronized void followed(ChangeRow row, long nowNanos) {
    Row added = new Row(row, lastTag, nowNanos);
    lastSequence = row.sequence();
    lastTag = row.tag();
    boolean reflected = early.remove(row.sequence());
    if (!added.changed.isEmpty()) {
      add(added);
      if (reflected) {
        reflect(added);
      }
    }
    for (Change change : row.changes()) {
      ahead.computeIfPresent(
          change.id(), (id, seen) -> seen.sequence() <= row.sequence() ? null : seen);
    }
  }

  private void add(Row row) {
    rows.put(row.sequence, row);
    changes += row.changed.size();
    for (Changed change : row.changed) {
      floors.merge(
          change.id,
          new Floor(change.revision, row.sequence),
          (a, b) -> a.sequence() > b.sequence() ? a : b);
    }
  }

  /** A row from before {@link #restart}, read again. */
  synchronized void followedBefore(ChangeRow row, long previousTag, long nowNanos) {
    if (!row.changes().isEmpty()) {
      add(new Row(row, previousTag, nowNanos));
    }
  }

  /**
   * The ground truth was seen to hold a revision of an id.
   *
   * @param sequence of its row
   */
  void seen(String id, Revision revision, long sequence) {
    if (sequence <= lastSequence) {
      return;
    }
    synchronized (this) {
      if (sequence > lastSequence) {
        ahead.merge(
            id,
            new Floor(revision, sequence),
            (a, b) -> b.revision().isAbove(a.revision()) || a.sequence() < b.sequence() ? b : a);
      }
    }
  }

  /** The ground truth holds a revision of an id or one above, in a row that a poll brings. */
  synchronized void overtaken(String id, Revision revision) {
    ahead.merge(
        id,
        new Floor(revision, UNKNOWN),
        (a, b) -> a.revision().isAbove(b.revision()) ? new Floor(a.revision(), UNKNOWN) : b);
  }

  /** The rows of what was overtaken have been followed. */
  synchronized void settled(String id, Revision revision) {
    ahead.computeIfPresent(
        id,
        (key, seen) ->
            seen.sequence() == UNKNOWN && seen.revision().equals(revision) ? null : seen);
  }

  /**
   * Forgets all rows, and says up to where they have to be read again, since nothing is known of
   * what another space of the cache reflects.
   */
  synchronized long restart() {
    clear();
    return lastSequence;
  }

  /** The history is another one, which is followed from here. */
  synchronized void anotherHistory(long sequence, long tag) {
    clear();
    ahead.clear();
    lastSequence = sequence;
    lastTag = tag;
  }

  private void clear() {
    rows.clear();
    floors.clear();
    early.clear();
    changes = 0;
  }

  /** The cache says up to where it reflects each origin's rows. */
  synchronized void reflect(CacheState state) {
    Iterator<Row> all = rows.values().iterator();
    while (all.hasNext()) {
      Row row = all.next();
      if (row.sequence <= state.position(row.origin)) {
        reflect(row);
        all.remove();
        changes -= row.changed.size();
      }
    }
  }

  /** The cache reflects a row, and does not say so yet. */
  synchronized void reflected(long sequence) {
    Row row = rows.get(sequence);
    if (row != null) {
      reflect(row);
    } else if (sequence > lastSequence) {
      early.add(sequence);
    }
  }

  private void reflect(Row row) {
    row.reflected = true;
    for (Changed change : row.changed) {
      floors.computeIfPresent(
          change.id, (id, floor) -> floor.sequence() <= row.sequence ? null : floor);
    }
  }

  /** Rows that the cache did not get, followed before a moment, in order; so many at most. */
  synchronized List<Row> missed(long beforeNanos, int limit) {
    List<Row> missed = new ArrayList<>();
    for (Row row : rows.values()) {
      if (missed.size() == limit) {
        break;
      }
      if (!row.reflected && row.followedAtNanos - beforeNanos <= 0) {
        missed.add(row);
      }
    }
    return missed;
  }

  /**
   * For each origin up to where all its rows here are reflected; origins that have none left out.
   */
  synchronized Map<String, Long> reflectedTo() {
    Map<String, Long> to = new TreeMap<>();
    Set<String> ended = new HashSet<>();
    for (Row row : rows.values()) {
      if (!row.reflected) {
        ended.add(row.origin);
      } else if (!ended.contains(row.origin)) {
        to.put(row.origin, row.sequence);
      }
    }
    return to;
  }

  /** Up to where all rows are reflected. */
  synchronized Place allReflectedTo() {
    for (Row row : rows.values()) {
      if (!row.reflected) {
        return new Place(row.sequence - 1, row.previousTag);
      }
    }
    return new Place(lastSequence, lastTag);
  }

  /** How many changes the rows hold together: how far the cache is behind. */
  synchronized long changes() {
    return changes;
  }

  /** How many ids have a floor because of what was seen ahead of the rows. */
  int ahead() {
    return ahead.size();
  }
}
