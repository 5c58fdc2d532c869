// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.model.Source;
import io.syncengine.testkit.EngineExtension;
import io.syncengine.testkit.FaultyTier.Operation;
import io.syncengine.testkit.InMemoryCache;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How an application tests what its cache forgets; docs/testing-your-code.md shows the regions. */
class FeatureFlagsWithCacheTest {
  // region cache
  private final InMemoryCache cache = new InMemoryCache();

  @RegisterExtension
  final EngineExtension sync =
      EngineExtension.inMemory().configure(config -> config.l2(cache.connect())).build();

  @Test
  void aFlagThatIsOffStaysOffWhenTheCacheComesBackWithOldData() {
    new FeatureFlags(sync.engine()).turnOn("new-search");
    sync.advanceUntil(() -> isCached("flags.new-search"));
    InMemoryCache.Snapshot old = cache.snapshot();
    new FeatureFlags(sync.engine()).turnOff("new-search");
    sync.restart(); // nothing in memory

    cache.restart(old);

    assertThat(new FeatureFlags(sync.engine()).isOn("new-search")).isFalse();
  }

  // endregion

  @Test
  void aFlagIsReadFromTheCacheWhileTheGroundTruthIsDown() {
    new FeatureFlags(sync.engine()).turnOn("new-search");
    sync.advanceUntil(() -> isCached("flags.new-search"));
    sync.restart();
    sync.groundTruth().failAll(Operation.LOAD);

    assertThat(new FeatureFlags(sync.engine()).isOn("new-search")).isTrue();
  }

  private boolean isCached(String id) {
    sync.restart();
    return sync.engine().read(id).source() == Source.L2;
  }
}
