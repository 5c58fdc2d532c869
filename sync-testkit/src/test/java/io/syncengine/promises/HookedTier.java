// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.promises;

import io.syncengine.spi.ChangePage;
import io.syncengine.spi.InMemoryTier;
import io.syncengine.spi.LoadResult;
import io.syncengine.testkit.AlteredTier;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/** A tier that lets the test act between a load and its answer, and fail a poll, once each. */
final class HookedTier extends AlteredTier {
  private final AtomicReference<UnaryOperator<LoadResult>> onLoad = new AtomicReference<>();
  private final AtomicReference<RuntimeException> pollFailure = new AtomicReference<>();

  HookedTier(InMemoryTier inside) {
    super(inside);
  }

  void onNextLoad(UnaryOperator<LoadResult> hook) {
    onLoad.set(hook);
  }

  void failNextPoll(RuntimeException failure) {
    pollFailure.set(failure);
  }

  @Override
  public LoadResult load(Collection<String> ids) {
    LoadResult result = super.load(ids);
    UnaryOperator<LoadResult> hook = onLoad.getAndSet(null);
    return hook == null ? result : hook.apply(result);
  }

  @Override
  public ChangePage poll(long from, int limit) {
    RuntimeException failure = pollFailure.getAndSet(null);
    if (failure != null) {
      throw failure;
    }
    return super.poll(from, limit);
  }
}
