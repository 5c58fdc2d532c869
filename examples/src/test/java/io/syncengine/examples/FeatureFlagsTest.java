// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.SyncEngineConfig;
import io.syncengine.testkit.EngineExtension;
import io.syncengine.testkit.FaultyTier.Operation;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How an application tests its own class; docs/testing-your-code.md shows the regions. */
class FeatureFlagsTest {
  // region field
  @RegisterExtension final EngineExtension sync = EngineExtension.inMemory().withLog().build();

  // endregion

  // region fails
  @Test
  void aFlagThatCannotBeReadIsOff() {
    FeatureFlags flags = new FeatureFlags(sync.engine());
    flags.turnOn("new-search");
    sync.restart(); // nothing in memory
    FeatureFlags again = new FeatureFlags(sync.engine());

    sync.groundTruth().failNext(Operation.LOAD);

    assertThat(again.isOn("new-search")).isFalse();
    assertThat(again.isOn("new-search")).isTrue();
  }

  // endregion

  // region crash
  @Test
  void anInstanceThatIsKilledHasItsFlagsWhenItStartsAgain() {
    sync.groundTruth().failAll();
    new FeatureFlags(sync.engine()).turnOn("new-search");

    FeatureFlags flags = new FeatureFlags(sync.crash());

    assertThat(flags.isOn("new-search")).isTrue();
  }

  // endregion

  // region hangs
  @Test
  void aReadThatHangsEndsInItsTimeOut() {
    FeatureFlags flags = new FeatureFlags(sync.engine());
    sync.groundTruth().hang(Operation.LOAD);

    // On another thread: this one has to turn the clock.
    var read = CompletableFuture.supplyAsync(() -> flags.isOn("new-search"));
    sync.groundTruth().awaitHeld(1);
    sync.time().advance(sync.engine().config().tierTimeout());

    assertThat(read.join()).isFalse();
  }

  // endregion

  // region instances
  @Test
  void otherInstancesFollowWithinTheBound() {
    FeatureFlags here = new FeatureFlags(sync.engine());
    FeatureFlags there = new FeatureFlags(sync.another());
    here.turnOn("new-search");
    sync.advanceUntil(() -> there.isOn("new-search"));

    long start = sync.time().currentTimeMillis();
    here.turnOff("new-search");
    sync.advanceUntil(() -> !there.isOn("new-search"));

    SyncEngineConfig config = sync.engine().config();
    assertThat(Duration.ofMillis(sync.time().currentTimeMillis() - start))
        .isLessThanOrEqualTo(config.batchFlushInterval().plus(config.stalenessBound()));
  }
  // endregion
}
