// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import io.syncengine.spi.CacheOutcome;
import io.syncengine.spi.CachePage;
import io.syncengine.spi.CacheState;
import io.syncengine.spi.CacheWrite;
import io.syncengine.spi.Entry;
import io.syncengine.spi.Header;
import io.syncengine.spi.IdHash;
import io.syncengine.spi.Leaf;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link InMemoryCache} holds of one space. All methods under the cache's lock.
 *
 * <p>A lane that has no number may have lost one. Before anything is made in it, the loss is noted
 * in the lane, the head of the change log is asked, without the lock, and put in place of the
 * number. Whoever comes to the lane meanwhile leaves his sequence in the note. If the note is gone
 * in the end, the lane was lost again, and the head is as old as nothing.
 */
final class InMemoryCacheSpace {
  private static final int LANES = 16;

  /** An entry, null if it is one that nobody understands, and when it goes. */
  private record Held(@Nullable Entry entry, long untilNanos) {}

  /**
   * A lane.
   *
   * @param sequence the highest that came to it; since the note, if its number is lost
   * @param note tells this loss from others; null if the number is known
   */
  private record Lane(long sequence, @Nullable Object note) {
    Lane seen(long another) {
      return new Lane(Math.max(sequence, another), note);
    }
  }

  /** The writes of one call, and what became of them. */
  static final class Put {
    private final List<CacheWrite> writes;
    private final @Nullable CacheOutcome[] outcomes;
    // By lane, the note of its loss.
    private final Map<Integer, Object> lost = new HashMap<>();

    Put(List<CacheWrite> writes) {
      this.writes = writes;
      this.outcomes = new CacheOutcome[writes.size()];
    }

    /** Whether some wait for the head. */
    boolean waits() {
      return !lost.isEmpty();
    }

    /** What has not been stored by now is not. */
    List<CacheOutcome> outcomes() {
      List<CacheOutcome> all = new ArrayList<>(outcomes.length);
      for (CacheOutcome outcome : outcomes) {
        all.add(outcome == null ? CacheOutcome.ABSENT : outcome);
      }
      return all;
    }
  }

  final String node;
  private final TreeMap<String, Held> items = new TreeMap<>();
  private final Map<Integer, Lane> lanes = new HashMap<>();
  private @Nullable CacheState state;

  /** An empty space on a node. */
  InMemoryCacheSpace(String node) {
    this.node = node;
  }

  InMemoryCacheSpace copy() {
    InMemoryCacheSpace copy = new InMemoryCacheSpace(node);
    copy.items.putAll(items);
    copy.lanes.putAll(lanes);
    copy.state = state;
    return copy;
  }

  Optional<CacheState> state() {
    return Optional.ofNullable(state);
  }

  void begin(long base, long baseTag) {
    if (state == null) {
      state = new CacheState(base, baseTag, Map.of());
      for (int lane = 0; lane < LANES; lane++) {
        lanes.put(lane, new Lane(base, null));
      }
    }
  }

  boolean move(String origin, long from, long to) {
    if (state == null || state.position(origin) != from) {
      return false;
    }
    Map<String, Long> positions = new HashMap<>(state.positions());
    positions.put(origin, to);
    state = new CacheState(state.base(), state.baseTag(), positions);
    return true;
  }

  boolean advance(long from, long to, long tag) {
    if (state == null || state.base() != from) {
      return false;
    }
    Map<String, Long> positions = new HashMap<>(state.positions());
    positions.values().removeIf(position -> position <= to);
    state = new CacheState(to, tag, positions);
    return true;
  }

  @Nullable Entry get(String id, long nowNanos) {
    Held held = items.get(id);
    if (held == null || held.untilNanos - nowNanos <= 0) {
      items.remove(id);
      return null;
    }
    return held.entry;
  }

  /** Does all that needs no head. */
  void tell(Put put, Duration timeToLive, boolean full, long nowNanos) {
    decide(put, timeToLive, full, nowNanos);
    for (CacheWrite write : put.writes) {
      lanes.computeIfPresent(lane(write.id()), (l, lane) -> lane.seen(write.sequence()));
    }
  }

  /** Does the rest, with a head that was asked after {@link #tell}. */
  void settle(Put put, long head, Duration timeToLive, boolean full, long nowNanos) {
    put.lost.forEach(
        (number, note) ->
            lanes.computeIfPresent(
                number,
                (l, lane) ->
                    lane.note == note ? new Lane(Math.max(lane.sequence, head), null) : lane));
    put.lost.clear();
    decide(put, timeToLive, full, nowNanos);
  }

  private void decide(Put put, Duration timeToLive, boolean full, long nowNanos) {
    for (int i = 0; i < put.outcomes.length; i++) {
      if (put.outcomes[i] == null) {
        CacheWrite write = put.writes.get(i);
        CacheOutcome outcome = fence(write, nowNanos);
        if (outcome == CacheOutcome.STORED) {
          outcome = store(write, timeToLive, full, nowNanos);
        }
        put.outcomes[i] = outcome;
        if (outcome == null) {
          put.lost.put(lane(write.id()), noted(lane(write.id())));
        }
      }
    }
  }

  /** What is to become of a write; null if its lane has lost its number. */
  private @Nullable CacheOutcome fence(CacheWrite write, long nowNanos) {
    Entry there = get(write.id(), nowNanos);
    if (there != null && !write.revision().isAbove(there.revision())) {
      return CacheOutcome.KEPT;
    }
    if (write.entry() == null) {
      items.remove(write.id());
      return CacheOutcome.ABSENT;
    }
    if (there != null) {
      return CacheOutcome.STORED;
    }
    Lane lane = lanes.get(lane(write.id()));
    if (lane == null || lane.note != null) {
      return null;
    }
    return write.sequence() >= lane.sequence ? CacheOutcome.STORED : CacheOutcome.ABSENT;
  }

  private CacheOutcome store(CacheWrite write, Duration timeToLive, boolean full, long nowNanos) {
    Entry entry = write.entry();
    if (full || entry == null) {
      items.remove(write.id());
      return CacheOutcome.REFUSED;
    }
    // Give or take a tenth.
    double share = 0.9 + 0.2 * (IdHash.of(write.id()) >>> 11) / (1L << 53);
    long until = nowNanos + (long) (timeToLive.toNanos() * share);
    items.put(write.id(), new Held(entry.toBuilder().base(null).build(), until));
    return CacheOutcome.STORED;
  }

  /** The note in a lane that has no number: the one that is there, or a new one. */
  private Object noted(int lane) {
    return Objects.requireNonNull(
        lanes.computeIfAbsent(lane, l -> new Lane(0, new Object())).note, "note");
  }

  CachePage scan(@Nullable String cursor, int limit, long nowNanos) {
    items.values().removeIf(held -> held.untilNanos - nowNanos <= 0);
    SortedMap<String, Held> rest = cursor == null ? items : items.tailMap(cursor, false);
    List<Header> headers = new ArrayList<>();
    List<String> unreadable = new ArrayList<>();
    for (Map.Entry<String, Held> one : rest.entrySet()) {
      if (headers.size() + unreadable.size() == limit) {
        return new CachePage(headers, unreadable, items.lowerKey(one.getKey()));
      }
      Entry entry = one.getValue().entry;
      if (entry == null) {
        unreadable.add(one.getKey());
      } else {
        byte[] leaf = Leaf.of(entry.id(), entry.revision());
        headers.add(new Header(entry.id(), entry.revision(), entry.acceptedAtMillis(), leaf));
      }
    }
    return new CachePage(headers, unreadable, null);
  }

  void forget(String id) {
    items.remove(id);
  }

  /** What is held of an id becomes something that nobody understands. */
  void damage(String id) {
    items.computeIfPresent(id, (i, held) -> new Held(null, held.untilNanos));
  }

  void forgetLanes() {
    lanes.clear();
  }

  void forgetState() {
    state = null;
  }

  private static int lane(String id) {
    return (int) Long.remainderUnsigned(IdHash.of(id), LANES);
  }
}
