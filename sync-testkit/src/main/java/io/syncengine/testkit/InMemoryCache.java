// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import io.syncengine.model.TierException;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.Cache;
import io.syncengine.spi.CacheOutcome;
import io.syncengine.spi.CachePage;
import io.syncengine.spi.CacheSpace;
import io.syncengine.spi.CacheState;
import io.syncengine.spi.CacheWrite;
import io.syncengine.spi.Entry;
import io.syncengine.spi.LoadResult;
import io.syncengine.spi.SharedOpening;
import io.syncengine.spi.Tier;
import io.syncengine.spi.TierArguments;
import io.syncengine.spi.TierConfig;
import io.syncengine.spi.TierInfo;
import io.syncengine.spi.TierRole;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A cache in memory that loses what the test tells it to lose: the server, to which each engine has
 * a connection of its own. It does what {@link Cache} lays down and nothing more; a lane that has
 * lost its number makes nothing before the head was asked. Safe from any thread.
 *
 * <p>Time to live passes by the clock of whoever calls; give all connections the same.
 *
 * @since 0.1
 */
// Concurrency: `lock` guards all fields, those of spaces and connections too. It is not held while
// a gate holds a call or the head is asked.
public final class InMemoryCache {
  private final ReentrantLock lock = new ReentrantLock();
  private Map<Place, InMemoryCacheSpace> spaces = new HashMap<>();
  private String node = UUID.randomUUID().toString();
  private boolean full;

  /** Where a space is. */
  private record Place(String namespace, CacheSpace space) {}

  /**
   * What a cache held at some moment.
   *
   * @since 0.1
   */
  public static final class Snapshot {
    private final Map<Place, InMemoryCacheSpace> spaces;

    private Snapshot(Map<Place, InMemoryCacheSpace> spaces) {
      this.spaces = spaces;
    }
  }

  /** Makes an empty cache. */
  public InMemoryCache() {}

  /**
   * Connects.
   *
   * @return a tier for one engine, or for several that are cut off together
   */
  public Connection connect() {
    return new Connection(this);
  }

  /**
   * Forgets an id in all spaces, as eviction does.
   *
   * @param id the id
   */
  public void evict(String id) {
    locked(() -> spaces.values().forEach(space -> space.forget(id)));
  }

  /**
   * What is held of an id, in all spaces, becomes something that nobody understands.
   *
   * @param id the id
   */
  public void damage(String id) {
    locked(() -> spaces.values().forEach(space -> space.damage(id)));
  }

  /** Forgets the numbers of all lanes. */
  public void evictLanes() {
    locked(() -> spaces.values().forEach(InMemoryCacheSpace::forgetLanes));
  }

  /** Forgets up to where the spaces reflect the ground truth; what they hold stays. */
  public void evictState() {
    locked(() -> spaces.values().forEach(InMemoryCacheSpace::forgetState));
  }

  /** Forgets everything, as FLUSHALL does; the node stays the same. */
  public void clear() {
    locked(() -> spaces.clear());
  }

  /**
   * What the cache holds now.
   *
   * @return a copy, to {@link #restart} with
   */
  public Snapshot snapshot() {
    lock.lock();
    try {
      return new Snapshot(copy(spaces));
    } finally {
      lock.unlock();
    }
  }

  /** The node comes back empty, and is another one. */
  public void restart() {
    restart(new Snapshot(Map.of()));
  }

  /**
   * The node comes back with old data, or another one takes over that lacks the newest; it is
   * another one. No space that was begun before can be used.
   *
   * @param data what it has
   */
  public void restart(Snapshot data) {
    locked(
        () -> {
          spaces = copy(data.spaces);
          node = UUID.randomUUID().toString();
        });
  }

  /**
   * Full or not. A full cache refuses values, and holds nothing in their place.
   *
   * @param isFull whether it is
   */
  public void full(boolean isFull) {
    locked(() -> full = isFull);
  }

  private void locked(Runnable work) {
    lock.lock();
    try {
      work.run();
    } finally {
      lock.unlock();
    }
  }

  private static Map<Place, InMemoryCacheSpace> copy(Map<Place, InMemoryCacheSpace> spaces) {
    Map<Place, InMemoryCacheSpace> copy = new HashMap<>();
    spaces.forEach((place, space) -> copy.put(place, space.copy()));
    return copy;
  }

  /**
   * A way to an {@link InMemoryCache}, which may be cut and delayed by itself. Opened as a cache
   * only; closed connections lose nothing. Safe from any thread.
   *
   * @since 0.1
   */
  public static final class Connection implements Tier, Cache {
    private final InMemoryCache server;
    private final SharedOpening<InMemoryCache> opening = new SharedOpening<>("L2", s -> {});
    // By place, the node on which it was usable when it was last looked at.
    private final Map<Place, String> seen = new HashMap<>();
    private boolean cut;
    private @Nullable Gate stall;

    private Connection(InMemoryCache server) {
      this.server = server;
    }

    /** Each call fails from now on, as if the network were cut here, until {@link #heal}. */
    public void cut() {
      server.locked(() -> cut = true);
    }

    /** Ends what {@link #cut} began. */
    public void heal() {
      server.locked(() -> cut = false);
    }

    /**
     * Holds the next put on its way to the cache, which sees nothing of it until the gate is
     * released.
     *
     * @return the gate; close it in the end
     */
    public Gate stallNextPut() {
      Gate gate = new Gate();
      server.locked(() -> stall = gate);
      return gate;
    }

    @Override
    public TierInfo open(TierConfig by) {
      if (by.role() != TierRole.CACHE) {
        throw new TierException(
            by.tierName(), "open", false, "the in-memory cache is no ground truth", null);
      }
      return opening.open(
          by,
          config -> server,
          opened -> call(by, "open", () -> new TierInfo("", "cache in memory of this process")));
    }

    @Override
    public ApplyResult apply(List<Entry> batch) {
      throw noTruth("apply");
    }

    @Override
    public LoadResult load(Collection<String> ids) {
      throw noTruth("load");
    }

    private TierException noTruth(String operation) {
      TierConfig by = opening.require(operation).by();
      return new TierException(
          by.tierName(), operation, false, "the in-memory cache is no ground truth", null);
    }

    @Override
    public Optional<CacheState> state(CacheSpace space) {
      TierConfig by = opening.require("state").by();
      return call(by, "state", () -> stateOf(new Place(by.namespace(), space)));
    }

    private Optional<CacheState> stateOf(Place place) {
      InMemoryCacheSpace there = server.spaces.get(place);
      if (there == null || !there.node.equals(server.node)) {
        return Optional.empty();
      }
      seen.put(place, server.node);
      return there.state();
    }

    @Override
    public boolean begin(CacheSpace space, long base, long baseTag) {
      TierConfig by = opening.requireWritable("begin").by();
      return call(
          by,
          "begin",
          () -> {
            Place place = new Place(by.namespace(), space);
            InMemoryCacheSpace there =
                server.spaces.computeIfAbsent(place, p -> new InMemoryCacheSpace(server.node));
            if (there.node.equals(server.node)) {
              there.begin(base, baseTag);
            }
            return stateOf(place).isPresent();
          });
    }

    @Override
    public Map<String, Entry> get(CacheSpace space, Collection<String> ids) {
      TierConfig by = opening.require("get").by();
      return call(
          by,
          "get",
          () -> {
            InMemoryCacheSpace there = usable(by, "get", space);
            Map<String, Entry> found = new HashMap<>();
            for (String id : ids) {
              Entry entry = there.get(id, by.timeSource().nanoTime());
              if (entry != null) {
                found.put(id, entry);
              }
            }
            return found;
          });
    }

    @Override
    public List<CacheOutcome> put(CacheSpace space, List<CacheWrite> writes, LongSupplier head) {
      TierConfig by = opening.requireWritable("put").by();
      Gate gate = call(by, "put", this::takeStall);
      if (gate != null) {
        gate.pass();
      }
      InMemoryCacheSpace.Put put = new InMemoryCacheSpace.Put(writes);
      call(
          by,
          "put",
          () -> {
            long now = by.timeSource().nanoTime();
            usable(by, "put", space).tell(put, by.timeToLive(), server.full, now);
            return put;
          });
      long asked = put.waits() ? head.getAsLong() : -1;
      if (asked >= 0) {
        call(
            by,
            "put",
            () -> {
              long now = by.timeSource().nanoTime();
              usable(by, "put", space).settle(put, asked, by.timeToLive(), server.full, now);
              return put;
            });
      }
      return put.outcomes();
    }

    private @Nullable Gate takeStall() {
      Gate gate = stall;
      stall = null;
      return gate;
    }

    @Override
    public boolean move(CacheSpace space, String origin, long from, long to) {
      TierConfig by = opening.requireWritable("move").by();
      return call(by, "move", () -> usable(by, "move", space).move(origin, from, to));
    }

    @Override
    public boolean advance(CacheSpace space, long from, long to, long tag) {
      TierConfig by = opening.requireWritable("advance").by();
      return call(by, "advance", () -> usable(by, "advance", space).advance(from, to, tag));
    }

    @Override
    public CachePage scan(CacheSpace space, @Nullable String cursor, int limit) {
      TierArguments.requireLimit(limit);
      TierConfig by = opening.require("scan").by();
      return call(
          by,
          "scan",
          () -> usable(by, "scan", space).scan(cursor, limit, by.timeSource().nanoTime()));
    }

    @Override
    public void remove(CacheSpace space, Collection<String> ids) {
      TierConfig by = opening.requireWritable("remove").by();
      call(
          by,
          "remove",
          () -> {
            InMemoryCacheSpace there = usable(by, "remove", space);
            ids.forEach(there::forget);
            return there;
          });
    }

    @Override
    public void close() {
      opening.close();
    }

    /** One step on the server. */
    private <T> T call(TierConfig by, String operation, Supplier<T> work) {
      server.lock.lock();
      try {
        if (cut) {
          throw new TierUnavailableException(
              by.tierName(), operation, "cut off by order of the test", null);
        }
        return work.get();
      } finally {
        server.lock.unlock();
      }
    }

    /** The space, empty if the node has lost it since it was looked at. */
    private InMemoryCacheSpace usable(TierConfig by, String operation, CacheSpace space) {
      Place place = new Place(by.namespace(), space);
      InMemoryCacheSpace there = server.spaces.get(place);
      String begunOn = there == null ? seen.get(place) : there.node;
      if (!server.node.equals(begunOn)) {
        throw new TierUnavailableException(
            by.tierName(),
            operation,
            "the space was not begun, or the cache may have gone back since",
            null);
      }
      return there == null
          ? server.spaces.computeIfAbsent(place, p -> new InMemoryCacheSpace(server.node))
          : there;
    }
  }
}
