// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.verify;

import io.syncengine.model.VerifyOptions;
import io.syncengine.model.VerifyReport;
import io.syncengine.resilience.Pauses;
import io.syncengine.resilience.TierPort;
import io.syncengine.spi.ApplyResult;
import io.syncengine.spi.CacheSpace;
import io.syncengine.spi.Entry;
import io.syncengine.spi.Headers;
import io.syncengine.spi.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Compares tiers and puts right what differs, on the thread that asks. It holds nothing: each run
 * has its own state, several may run at once, and writers go on, since whatever is written goes
 * through the fence of its tier.
 */
public final class Verifier {
  private final TierPort truth;
  private final @Nullable TierPort cache;
  private final Supplier<@Nullable CacheSpace> space;
  private final BiConsumer<ApplyResult, List<Entry>> committed;
  private final BiPredicate<String, Long> unreflected;
  private final Supplier<Duration> settling;
  private final TimeSource time;
  private final Pauses pauses;

  /**
   * Makes a verifier.
   *
   * @param cache the cache before the ground truth; null without one
   * @param space the space of the cache that is in use; null while none is
   * @param committed is told of each batch that is written to the ground truth
   * @param unreflected whether it is known that the cache may not reflect an id's change row yet
   * @param settling after how long the cache has what was committed, if nothing is wrong
   */
  public Verifier(
      TierPort truth,
      @Nullable TierPort cache,
      Supplier<@Nullable CacheSpace> space,
      BiConsumer<ApplyResult, List<Entry>> committed,
      BiPredicate<String, Long> unreflected,
      Supplier<Duration> settling,
      TimeSource time,
      Pauses pauses) {
    this.truth = truth;
    this.cache = cache;
    this.space = space;
    this.committed = committed;
    this.unreflected = unreflected;
    this.settling = settling;
    this.time = time;
    this.pauses = pauses;
  }

  /**
   * Compares, and repairs if it is asked to.
   *
   * @param other the other database, open; null for none
   */
  public VerifyReport run(VerifyOptions options, boolean repair, @Nullable TierPort other) {
    if (!truth.has(Headers.class)) {
      throw new UnsupportedOperationException(truth.name() + " does not offer Headers");
    }
    Scope scope = new Scope(options, repair);
    Work work = new Work(time, pauses, options.itemsPerSecond());
    Repairs repairs = new Repairs(scope, work);
    Side here = new Side(truth.name(), truth, work, committed);
    if (other != null) {
      Side there = new Side("other", other, work, (result, entries) -> {});
      new DatabaseComparison(scope, work, repairs, here, there).run();
    } else {
      new CacheComparison(
              scope, work, repairs, here, cacheWalk(scope, work, here), unreflected, settling)
          .run();
    }
    return work.report();
  }

  private @Nullable CacheWalk cacheWalk(Scope scope, Work work, Side here) {
    if (cache == null) {
      return null;
    }
    CacheSpace used = space.get();
    if (used == null) {
      throw CacheWalk.notInUse(cache.name());
    }
    return new CacheWalk(cache, used, here, work, scope.subtree()::contains);
  }
}
