// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.spi.CacheSpace;
import io.syncengine.spi.Tier;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract finds caches that break it, and each of its clauses finds one. */
class CacheContractStrengthTest {
  // Read by the contract's instances, which the launcher makes on this thread.
  private static final ThreadLocal<Function<InMemoryCache, Tier>> BREAKING = new ThreadLocal<>();
  private static final Map<BrokenCaches, ClauseResults> RESULTS = new EnumMap<>(BrokenCaches.class);

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
    ClauseResults results = run(Broken.class, AlteredCache::new);

    assertThat(results.failures).isEmpty();
    assertThat(results.aborted).isEmpty();
    assertThat(results.passed).hasSizeGreaterThan(45);
  }

  @Test
  void whatAFixtureCannotBringAboutIsSkipped() {
    ClauseResults results = run(Lossless.class, AlteredCache::new);

    assertThat(results.failures).isEmpty();
    assertThat(results.aborted).hasSize(14);
    assertThat(results.passed).hasSizeGreaterThan(33);
  }

  private static ClauseResults run(
      Class<? extends CacheContract> contract, Function<InMemoryCache, Tier> breaking) {
    BREAKING.set(breaking);
    try {
      return ClauseResults.of(contract);
    } finally {
      BREAKING.remove();
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

    @Override
    public void damage(CacheSpace space, String id) {
      server.damage(id);
    }
  }
}
