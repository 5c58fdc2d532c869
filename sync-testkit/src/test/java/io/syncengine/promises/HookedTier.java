// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.promises;

import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.Entry;
import io.syncengine.spi.LoadResult;
import io.syncengine.spi.Tier;
import io.syncengine.spi.TierConfig;
import io.syncengine.spi.TierInfo;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/** A tier that lets the test act between a load in the tier and its answer, once. */
final class HookedTier implements Tier {
  private final Tier inside;
  private final AtomicReference<UnaryOperator<LoadResult>> onLoad = new AtomicReference<>();

  HookedTier(Tier inside) {
    this.inside = inside;
  }

  void onNextLoad(UnaryOperator<LoadResult> hook) {
    onLoad.set(hook);
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
    LoadResult result = inside.load(ids);
    UnaryOperator<LoadResult> hook = onLoad.getAndSet(null);
    return hook == null ? result : hook.apply(result);
  }

  @Override
  public <C> Optional<C> capability(Class<C> type) {
    return inside.capability(type);
  }

  @Override
  public void close() {
    inside.close();
  }
}
