// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.Cache;
import io.syncengine.spi.CacheOutcome;
import io.syncengine.spi.CachePage;
import io.syncengine.spi.CacheSpace;
import io.syncengine.spi.CacheState;
import io.syncengine.spi.CacheWrite;
import io.syncengine.spi.Entry;
import io.syncengine.spi.LoadResult;
import io.syncengine.spi.Tier;
import io.syncengine.spi.TierConfig;
import io.syncengine.spi.TierInfo;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A connection to an in-memory cache of which subclasses change or break one thing. */
class AlteredCache implements Tier, Cache {
  final InMemoryCache server;
  private final InMemoryCache.Connection inside;

  AlteredCache(InMemoryCache server) {
    this.server = server;
    this.inside = server.connect();
  }

  @Override
  public TierInfo open(TierConfig config) {
    return inside.open(config);
  }

  @Override
  public ApplyResult apply(List<Entry> batch) {
    return inside.apply(batch);
  }

  @Override
  public LoadResult load(Collection<String> ids) {
    return inside.load(ids);
  }

  @Override
  public Optional<CacheState> state(CacheSpace space) {
    return inside.state(space);
  }

  @Override
  public boolean begin(CacheSpace space, long base, long baseTag) {
    return inside.begin(space, base, baseTag);
  }

  @Override
  public Map<String, Entry> get(CacheSpace space, Collection<String> ids) {
    return inside.get(space, ids);
  }

  @Override
  public List<CacheOutcome> put(CacheSpace space, List<CacheWrite> writes, LongSupplier head) {
    return inside.put(space, writes, head);
  }

  @Override
  public boolean move(CacheSpace space, String origin, long from, long to) {
    return inside.move(space, origin, from, to);
  }

  @Override
  public boolean advance(CacheSpace space, long from, long to, long tag) {
    return inside.advance(space, from, to, tag);
  }

  @Override
  public CachePage scan(CacheSpace space, @Nullable String cursor, int limit) {
    return inside.scan(space, cursor, limit);
  }

  @Override
  public void remove(CacheSpace space, Collection<String> ids) {
    inside.remove(space, ids);
  }

  @Override
  public void close() {
    inside.close();
  }
}
