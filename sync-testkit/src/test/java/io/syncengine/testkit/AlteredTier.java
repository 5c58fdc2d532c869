// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.CacheGenerations;
import io.syncengine.spi.ChangeLog;
import io.syncengine.spi.ChangePage;
import io.syncengine.spi.ChangeRetention;
import io.syncengine.spi.DigestPage;
import io.syncengine.spi.Digests;
import io.syncengine.spi.Entry;
import io.syncengine.spi.HeaderPage;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.InMemoryTier;
import io.syncengine.spi.LoadResult;
import io.syncengine.spi.Restore;
import io.syncengine.spi.Scannable;
import io.syncengine.spi.Tier;
import io.syncengine.spi.TierConfig;
import io.syncengine.spi.TierInfo;
import io.syncengine.spi.TombstonePurge;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;

/** An in-memory tier of which subclasses change or break one thing. */
public class AlteredTier
    implements Tier,
        ChangeLog,
        ChangeRetention,
        Scannable,
        Digests,
        Restore,
        TombstonePurge,
        CacheGenerations {
  /** What answers now; a test may put another in its place. */
  public volatile InMemoryTier inside;

  public AlteredTier(InMemoryTier inside) {
    this.inside = inside;
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
  public OptionalLong serverTimeMillis() {
    return inside.serverTimeMillis();
  }

  @Override
  public ChangePage poll(long from, int limit) {
    return inside.poll(from, limit);
  }

  @Override
  public List<Entry> scan(IdRange range, String after, int limit) {
    return inside.scan(range, after, limit);
  }

  @Override
  public HeaderPage headers(IdRange range, String after, int limit) {
    return inside.headers(range, after, limit);
  }

  @Override
  public DigestPage digests(int level, List<Integer> nodes) {
    return inside.digests(level, nodes);
  }

  @Override
  public HeaderPage buckets(List<Integer> buckets) {
    return inside.buckets(buckets);
  }

  @Override
  public long fold() {
    return inside.fold();
  }

  @Override
  public boolean replaceDigests(long sequence, byte[] buckets) {
    return inside.replaceDigests(sequence, buckets);
  }

  @Override
  public ApplyResult restore(List<Entry> batch) {
    return inside.restore(batch);
  }

  @Override
  public void register(String reader, long sequence) {
    inside.register(reader, sequence);
  }

  @Override
  public void unregister(String reader) {
    inside.unregister(reader);
  }

  @Override
  public int trim(long committedBeforeMillis, long boundMillis, int limit) {
    return inside.trim(committedBeforeMillis, boundMillis, limit);
  }

  @Override
  public int purge(long acceptedBeforeMillis, int limit) {
    return inside.purge(acceptedBeforeMillis, limit);
  }

  @Override
  public long horizonMillis() {
    return inside.horizonMillis();
  }

  @Override
  public long raiseGeneration(long seen) {
    return inside.raiseGeneration(seen);
  }

  @Override
  public void close() {
    inside.close();
  }
}
