// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.spi.ExistenceFilterProvider;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract finds filters that break it, and each of its clauses finds one. */
class FilterContractStrengthTest {
  // Read by the contract's instances, which the launcher makes on this thread.
  private static final ThreadLocal<ExistenceFilterProvider> PROVIDER = new ThreadLocal<>();
  private static final Map<BrokenFilters, ClauseResults> RESULTS =
      new EnumMap<>(BrokenFilters.class);

  @BeforeAll
  static void runAll() {
    for (BrokenFilters broken : BrokenFilters.values()) {
      RESULTS.put(broken, run(broken.provider()));
    }
  }

  @ParameterizedTest
  @EnumSource(BrokenFilters.class)
  void aBrokenFilterFailsTheContract(BrokenFilters broken) {
    assertThat(RESULTS.get(broken).failed).isNotEmpty();
  }

  @Test
  void eachClauseFailsForSomeBrokenFilter() {
    Set<String> failed = new TreeSet<>();
    RESULTS.values().forEach(results -> failed.addAll(results.failed));

    assertThat(failed).isEqualTo(run(CuckooFilterContractTest.found()).passed);
  }

  private static ClauseResults run(ExistenceFilterProvider provider) {
    PROVIDER.set(provider);
    try {
      return ClauseResults.of(Broken.class);
    } finally {
      PROVIDER.remove();
    }
  }

  /** Not run but by the launcher above. */
  static class Broken extends ExistenceFilterContract {
    @Override
    protected ExistenceFilterProvider provider() {
      return PROVIDER.get();
    }

    @Override
    protected int operations() {
      return 40_000;
    }
  }
}
