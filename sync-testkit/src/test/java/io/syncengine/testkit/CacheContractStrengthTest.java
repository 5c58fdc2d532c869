// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.syncengine.spi.Tier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** The contract finds caches that break it, and each of its clauses finds one. */
class CacheContractStrengthTest {
  // Read by the contract's instances, which the launcher makes on this thread.
  private static final ThreadLocal<Function<InMemoryCache, Tier>> BREAKING = new ThreadLocal<>();
  private static final Map<BrokenCaches, Results> RESULTS = new EnumMap<>(BrokenCaches.class);

  @BeforeAll
  static void runAll() {
    for (BrokenCaches broken : BrokenCaches.values()) {
      RESULTS.put(broken, run(Broken.class, broken));
    }
  }

  @ParameterizedTest
  @EnumSource(BrokenCaches.class)
  void aBrokenCacheFailsTheContract(BrokenCaches broken) {
    assertThat(RESULTS.get(broken).failed).isNotEmpty();
  }

  @Test
  void eachClauseFailsForSomeBrokenCache() {
    Set<String> failed = new TreeSet<>();
    RESULTS.values().forEach(results -> failed.addAll(results.failed));

    assertThat(failed).isEqualTo(run(Broken.class, AlteredCache::new).passed);
  }

  @Test
  void anUnbrokenCachePasses() {
    Results results = run(Broken.class, AlteredCache::new);

    assertThat(results.failures).isEmpty();
    assertThat(results.aborted).isEmpty();
    assertThat(results.passed).hasSizeGreaterThan(45);
  }

  @Test
  void whatAFixtureCannotBringAboutIsSkipped() {
    Results results = run(Lossless.class, AlteredCache::new);

    assertThat(results.failures).isEmpty();
    assertThat(results.aborted).hasSize(12);
    assertThat(results.passed).hasSizeGreaterThan(33);
  }

  private static Results run(
      Class<? extends CacheContract> contract, Function<InMemoryCache, Tier> breaking) {
    Results results = new Results();
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectClass(contract)).build();
    BREAKING.set(breaking);
    try {
      LauncherFactory.create().execute(request, results);
    } finally {
      BREAKING.remove();
    }
    return results;
  }

  /** The names of the clauses by what became of them. */
  private static final class Results implements TestExecutionListener {
    final Set<String> passed = new TreeSet<>();
    final Set<String> aborted = new TreeSet<>();
    final Set<String> failed = new TreeSet<>();
    final List<Throwable> failures = new ArrayList<>();

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      if (test.isTest()) {
        String name = ((MethodSource) test.getSource().orElseThrow()).getMethodName();
        (switch (result.getStatus()) {
              case SUCCESSFUL -> passed;
              case ABORTED -> aborted;
              case FAILED -> failed;
            })
            .add(name);
      }
      if (result.getStatus() == Status.FAILED) {
        failures.add(result.getThrowable().orElseThrow());
      }
    }
  }

  /** Not run but by the launcher above. */
  static class Lossless extends CacheContract {
    final InMemoryCache server = new InMemoryCache();
    private final ManualTime time = new ManualTime();

    @Override
    protected Tier newTier() {
      return BREAKING.get().apply(server);
    }

    @Override
    protected TestTierConfig config() {
      return super.config().withTimeSource(time);
    }

    @Override
    public void passTime(Duration by) {
      time.advance(by);
    }
  }

  /** Not run but by the launcher above. */
  static class Broken extends Lossless {
    @Override
    public void forgetLanes() {
      server.evictLanes();
    }

    @Override
    public void forgetState() {
      server.evictState();
    }

    @Override
    public void goBack() {
      server.restart(server.snapshot());
    }
  }
}
