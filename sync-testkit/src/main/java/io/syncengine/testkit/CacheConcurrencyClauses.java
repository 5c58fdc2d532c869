// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.spi.Cache;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * Of {@link CacheContract}: several instances at once.
 *
 * @since 0.1
 */
public interface CacheConcurrencyClauses extends CacheLossClauses {
  /**
   * Whatever comes late, and in which order: no id goes back for anybody.
   *
   * @param seed of the operations
   */
  @ParameterizedTest
  @SeedSource(3)
  default void noIdGoesBackWhileTwoTellAndRead(long seed) {
    Cache one = caches().open(caches().config().withInstanceId("one"));
    Cache two = caches().open(caches().config().withInstanceId("two"));
    CacheHammer hammer =
        new CacheHammer(caches().begun(one), CacheHammer.optional(this::forgetLanes));

    CompletableFuture<Integer> other =
        Concurrently.run(() -> hammer.work(two, 1_000, new Random(~seed)));
    int seen = hammer.work(one, 1_000, new Random(seed));

    assertThat(seen).as("what one saw").isPositive();
    assertThat(other.join()).as("what two saw").isPositive();
  }
}
