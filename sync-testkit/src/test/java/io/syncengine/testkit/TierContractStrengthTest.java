// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.Entry;
import io.syncengine.spi.InMemoryTier;
import io.syncengine.spi.LoadResult;
import io.syncengine.spi.Tier;
import io.syncengine.spi.TierConfig;
import io.syncengine.spi.TierInfo;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** The contract finds tiers that break it. */
class TierContractStrengthTest {
  // Read by the contract's instances, which the launcher makes on this thread.
  private static final ThreadLocal<Function<InMemoryTier, Tier>> BREAKING = new ThreadLocal<>();

  private static final ThreadLocal<Boolean> FOUND = ThreadLocal.withInitial(() -> false);

  @ParameterizedTest
  @EnumSource(BrokenTiers.class)
  void aBrokenTierFailsTheContract(BrokenTiers broken) {
    assertThat(run(broken).getTestsFailedCount()).isPositive();
  }

  @Test
  void anUnbrokenTierPasses() {
    TestExecutionSummary summary = run(AlteredTier::new);

    assertThat(summary.getFailures()).isEmpty();
    assertThat(summary.getTestsSucceededCount()).isGreaterThan(60);
  }

  @Test
  void aTierWithoutCapabilitiesPassesWhatIsAskedOfEachTier() {
    TestExecutionSummary summary = run(Bare::new);

    assertThat(summary.getFailures()).isEmpty();
    assertThat(summary.getTestsSucceededCount()).isGreaterThan(40);
    assertThat(summary.getTestsAbortedCount()).as("tests of capabilities").isPositive();
  }

  /** Nothing but what each tier must do. */
  private record Bare(InMemoryTier inside) implements Tier {
    @Override
    public TierInfo open(TierConfig config) {
      return inside.open(config);
    }

    @Override
    public ApplyResult apply(List<Entry> batch) {
      return ApplyResult.withoutRow(inside.apply(batch).outcomes());
    }

    @Override
    public LoadResult load(Collection<String> ids) {
      return new LoadResult(inside.load(ids).found(), -1);
    }

    @Override
    public void close() {
      inside.close();
    }
  }

  private static TestExecutionSummary run(Function<InMemoryTier, Tier> breaking) {
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectClass(Broken.class)).build();
    BREAKING.set(breaking);
    FOUND.set(false);
    try {
      LauncherFactory.create().execute(request, listener);
    } finally {
      BREAKING.remove();
      FOUND.remove();
    }
    return listener.getSummary();
  }

  /** One failure is enough: what comes after it is passed over. */
  private static final class UpToTheFirstFailure implements TestWatcher, ExecutionCondition {
    @Override
    public void testFailed(ExtensionContext context, Throwable cause) {
      FOUND.set(true);
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      return FOUND.get()
          ? ConditionEvaluationResult.disabled("found")
          : ConditionEvaluationResult.enabled("not found yet");
    }
  }

  /** Not run but by the launcher above. */
  @ExtendWith(UpToTheFirstFailure.class)
  static class Broken extends TierContract {
    private final InMemoryTier shared = new InMemoryTier();

    @Override
    protected Tier newTier() {
      return BREAKING.get().apply(shared);
    }
  }
}
