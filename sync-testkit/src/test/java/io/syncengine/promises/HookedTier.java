// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.promises;

import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.ChangeLog;
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

/** A tier that lets the test act between a load and its answer, and fail a poll, once each. */
final class HookedTier implements Tier {
  private final Tier inside;
  private final AtomicReference<UnaryOperator<LoadResult>> onLoad = new AtomicReference<>();
  private final AtomicReference<RuntimeException> pollFailure = new AtomicReference<>();

  HookedTier(Tier inside) {
    this.inside = inside;
  }

  void onNextLoad(UnaryOperator<LoadResult> hook) {
    onLoad.set(hook);
  }

  void failNextPoll(RuntimeException failure) {
    pollFailure.set(failure);
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
    if (type != ChangeLog.class) {
      return inside.capability(type);
    }
    ChangeLog real = inside.capability(ChangeLog.class).orElseThrow();
    ChangeLog failing =
        (from, limit) -> {
          RuntimeException failure = pollFailure.getAndSet(null);
          if (failure != null) {
            throw failure;
          }
          return real.poll(from, limit);
        };
    return Optional.of(type.cast(failing));
  }

  @Override
  public void close() {
    inside.close();
  }
}
