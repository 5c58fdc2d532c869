// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static io.syncengine.testkit.Entries.committed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.syncengine.model.TierException;
import io.syncengine.spi.Cache;
import io.syncengine.spi.CacheOutcome;
import io.syncengine.spi.CacheSpace;
import io.syncengine.spi.CacheState;
import io.syncengine.spi.CacheWrite;
import io.syncengine.spi.Entry;
import io.syncengine.spi.Tier;
import io.syncengine.spi.TierInfo;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/**
 * Of {@link CacheContract}: opening, beginning, and what keeps spaces apart.
 *
 * @since 0.1
 */
public interface CacheSpaceClauses extends CacheClauses {
  /** The ground truth alone has an identity. */
  @Test
  default void aCacheHasNoDatabaseIdAndADescription() {
    Tier tier = caches().unopened();
    TierInfo info = tier.open(caches().config());
    tier.close();

    assertThat(info.databaseId()).isEmpty();
    assertThat(info.description()).isNotBlank();
  }

  /** Nobody knows anything of it. */
  @Test
  default void aSpaceThatWasNotBegunHasNoState() {
    assertThat(caches().open().state(caches().unusedSpace())).isEmpty();
  }

  /** What counts as reflected from the beginning. */
  @Test
  default void aSpaceBeginsAtItsBase() {
    Cache cache = caches().open();
    CacheSpace space = caches().unusedSpace();

    assertThat(cache.begin(space, 7, -77)).isTrue();

    assertThat(cache.state(space)).contains(new CacheState(7, -77, Map.of()));
    assertThat(caches().open().state(space)).contains(new CacheState(7, -77, Map.of()));
  }

  /** Two instances that come together; the first one's base stands. */
  @Test
  default void aSpaceIsBegunOnceAndBothCanUseIt() {
    Cache one = caches().open(caches().config().withInstanceId("one"));
    Cache two = caches().open(caches().config().withInstanceId("two"));
    CacheSpace space = caches().unusedSpace();
    Entry entry = committed("a", 1, "x", 9);

    assertThat(one.begin(space, 5, 55)).isTrue();
    assertThat(two.begin(space, 8, 88)).isTrue();

    assertThat(caches().state(two, space)).isEqualTo(new CacheState(5, 55, Map.of()));
    assertThat(caches().told(one, space, CacheWrite.put(entry, 9)))
        .containsExactly(CacheOutcome.STORED);
    caches().assertHeld(caches().get(two, space, "a"), entry);
  }

  /** An end of an old generation is the beginning of nothing. */
  @Test
  default void generationsAndDatabasesDoNotSeeEachOther() {
    Cache cache = caches().open();
    CacheSpace space = caches().begun(cache);
    CacheSpace next = new CacheSpace(space.databaseId(), space.generation() + (1L << 40));
    CacheSpace elsewhere = new CacheSpace(space.databaseId() + "x", space.generation());
    caches().told(cache, space, CacheWrite.put(committed("a", 1, "x", 4), 4));
    cache.move(space, "one", 0, 4);

    for (CacheSpace other : List.of(next, elsewhere)) {
      assertThat(cache.state(other)).isEmpty();
      assertThat(cache.begin(other, 2, 22)).isTrue();
      assertThat(caches().get(cache, other, "a")).isNull();
      assertThat(caches().state(cache, other)).isEqualTo(new CacheState(2, 22, Map.of()));
    }
    assertThat(caches().get(cache, space, "a")).isNotNull();
    assertThat(caches().state(cache, space).position("one")).isEqualTo(4);
  }

  /** Two engines for different things on one server. */
  @Test
  default void namespacesDoNotSeeEachOther() {
    Cache cache = caches().open();
    CacheSpace space = caches().begun(cache);
    caches().told(cache, space, CacheWrite.put(committed("a", 1, "x", 1), 1));

    Cache other = caches().open(caches().config().withNamespace("other"));

    assertThat(other.state(space)).isEmpty();
    assertThat(other.begin(space, 3, 33)).isTrue();
    assertThat(caches().get(other, space, "a")).isNull();
    assertThat(caches().state(cache, space).base()).isZero();
  }

  /** The data is the cache's, not the connection's. */
  @Test
  default void aSpaceOutlivesAClose() {
    Tier tier = caches().unopened();
    tier.open(caches().config());
    CacheSpace space = caches().begun(caches().cache(tier));
    Entry entry = committed("a", 1, "x", 1);
    caches().told(caches().cache(tier), space, CacheWrite.put(entry, 1));
    tier.close();

    Cache again = caches().open();

    assertThat(again.state(space)).isPresent();
    caches().assertHeld(caches().get(again, space, "a"), entry);
  }

  /** Too late is an error of the tier, never "not held". */
  @Test
  default void aCallAfterTheLastCloseThrows() {
    Tier tier = caches().unopened();
    tier.open(caches().config());
    Cache cache = caches().cache(tier);
    CacheSpace space = caches().begun(cache);
    tier.close();

    assertThatThrownBy(() -> cache.state(space)).isInstanceOf(TierException.class);
    assertThatThrownBy(() -> cache.get(space, List.of("a"))).isInstanceOf(TierException.class);
    assertThatThrownBy(
            () -> caches().told(cache, space, CacheWrite.put(committed("a", 1, "x", 1), 1)))
        .isInstanceOf(TierException.class);
  }

  /** Read-only reads what is there and writes nothing. */
  @Test
  default void aReadOnlyCacheReadsAndRefusesToWrite() {
    Tier writer = caches().unopened();
    writer.open(caches().config());
    CacheSpace space = caches().begun(caches().cache(writer));
    Entry entry = committed("a", 1, "x", 1);
    caches().told(caches().cache(writer), space, CacheWrite.put(entry, 1));
    writer.close();
    Cache reader = caches().open(caches().config().withReadOnly(true));

    assertThat(reader.state(space)).isPresent();
    caches().assertHeld(caches().get(reader, space, "a"), entry);
    assertRefused(() -> reader.begin(caches().unusedSpace(), 0, 0));
    assertRefused(() -> reader.move(space, "one", 0, 1));
    assertRefused(() -> reader.advance(space, 0, 1, 11));
    assertRefused(() -> caches().told(reader, space, CacheWrite.put(committed("a", 2, "x", 2), 2)));
    assertRefused(() -> reader.remove(space, List.of("a")));
    assertThat(reader.scan(space, null, 1_000).unreadable()).isEmpty();
    caches().assertHeld(caches().get(reader, space, "a"), entry);
    assertThat(caches().state(reader, space)).isEqualTo(new CacheState(0, 0, Map.of()));
  }

  private static void assertRefused(ThrowingCallable call) {
    TierException e = catchThrowableOfType(TierException.class, call);
    assertThat(e).as("a refusal").isNotNull();
    assertThat(e.retryable()).as("retryable").isFalse();
  }
}
