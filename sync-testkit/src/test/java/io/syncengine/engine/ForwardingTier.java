// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.engine;

import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.ChangeLog;
import io.syncengine.spi.ChangePage;
import io.syncengine.spi.Entry;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.InMemoryTier;
import io.syncengine.spi.LoadResult;
import io.syncengine.spi.Scannable;
import io.syncengine.spi.Tier;
import io.syncengine.spi.TierConfig;
import io.syncengine.spi.TierInfo;
import java.util.Collection;
import java.util.List;

/** A ground truth of which subclasses change one thing. */
class ForwardingTier implements Tier, ChangeLog, Scannable {
  /** What answers now; a test may put another in its place. */
  volatile InMemoryTier inside;

  ForwardingTier(InMemoryTier inside) {
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
  public ChangePage poll(long from, int limit) {
    return inside.poll(from, limit);
  }

  @Override
  public List<Entry> scan(IdRange range, String after, int limit) {
    return inside.scan(range, after, limit);
  }

  @Override
  public void close() {
    inside.close();
  }
}
