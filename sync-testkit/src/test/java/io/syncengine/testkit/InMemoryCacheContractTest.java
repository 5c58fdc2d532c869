// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import io.syncengine.spi.CacheSpace;
import io.syncengine.spi.Tier;
import java.time.Duration;

// region contract
class InMemoryCacheContractTest extends CacheContract {
  private final InMemoryCache cache = new InMemoryCache();
  private final ManualTime time = new ManualTime();

  @Override
  protected Tier newTier() {
    return cache.connect();
  }

  @Override
  protected TestTierConfig config() {
    return super.config().withTimeSource(time);
  }

  @Override
  public void forgetLanes() {
    cache.evictLanes();
  }

  @Override
  public void forgetState() {
    cache.evictState();
  }

  @Override
  public void goBack() {
    cache.restart(cache.snapshot());
  }

  @Override
  public void damage(CacheSpace space, String id) {
    cache.damage(id);
  }

  @Override
  public void passTime(Duration by) {
    time.advance(by);
  }
}
// endregion
