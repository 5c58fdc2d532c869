// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import io.syncengine.spi.Cache;
import io.syncengine.spi.CacheOutcome;
import io.syncengine.spi.CachePage;
import io.syncengine.spi.CacheSpace;
import io.syncengine.spi.CacheState;
import io.syncengine.spi.CacheWrite;
import io.syncengine.spi.Entry;
import io.syncengine.testkit.FaultyTier.Operation;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The cache of a {@link FaultyTier}, which fails with it. */
final class FaultyCache implements Cache {
  private final FaultyTier tier;
  private final Cache real;

  FaultyCache(FaultyTier tier, Cache real) {
    this.tier = tier;
    this.real = real;
  }

  @Override
  public Optional<CacheState> state(CacheSpace space) {
    return tier.call(Operation.CACHE_STATE, () -> real.state(space));
  }

  @Override
  public boolean begin(CacheSpace space, long base, long baseTag) {
    return tier.call(Operation.CACHE_STATE, () -> real.begin(space, base, baseTag));
  }

  @Override
  public Map<String, Entry> get(CacheSpace space, Collection<String> ids) {
    return tier.call(Operation.CACHE_GET, () -> real.get(space, ids));
  }

  @Override
  public List<CacheOutcome> put(CacheSpace space, List<CacheWrite> writes, LongSupplier head) {
    return tier.call(Operation.CACHE_PUT, () -> real.put(space, writes, head));
  }

  @Override
  public boolean move(CacheSpace space, String origin, long from, long to) {
    return tier.call(Operation.CACHE_STATE, () -> real.move(space, origin, from, to));
  }

  @Override
  public boolean advance(CacheSpace space, long from, long to, long tag) {
    return tier.call(Operation.CACHE_STATE, () -> real.advance(space, from, to, tag));
  }

  @Override
  public CachePage scan(CacheSpace space, @Nullable String cursor, int limit) {
    return tier.call(Operation.CACHE_SCAN, () -> real.scan(space, cursor, limit));
  }

  @Override
  public void remove(CacheSpace space, Collection<String> ids) {
    tier.call(
        Operation.CACHE_REMOVE,
        () -> {
          real.remove(space, ids);
          return ids;
        });
  }
}
