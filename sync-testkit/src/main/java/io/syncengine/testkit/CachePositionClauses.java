// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.spi.Cache;
import io.syncengine.spi.CacheSpace;
import io.syncengine.spi.CacheState;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * Of {@link CacheContract}: up to where it reflects the ground truth is moved by compare-and-set.
 *
 * @since 0.1
 */
public interface CachePositionClauses extends CacheClauses {
  /** An origin begins at the base. */
  @Test
  default void aPositionIsMovedFromWhereItIs() {
    Cache cache = caches().open();
    CacheSpace space = caches().unusedSpace();
    cache.begin(space, 5, 55);

    assertThat(cache.move(space, "one", 5, 7)).isTrue();
    assertThat(cache.move(space, "one", 7, Long.MAX_VALUE)).isTrue();
    assertThat(cache.move(space, "instance-\u00e9 2", 5, 6)).isTrue();

    CacheState state = caches().state(caches().open(), space);
    assertThat(state)
        .isEqualTo(new CacheState(5, 55, Map.of("one", Long.MAX_VALUE, "instance-\u00e9 2", 6L)));
    assertThat(state.position("silent")).isEqualTo(5);
  }

  /** Whoever read it before another moved it has to read again. */
  @Test
  default void aPositionIsNotMovedFromWhereItIsNot() {
    Cache cache = caches().open();
    CacheSpace space = caches().unusedSpace();
    cache.begin(space, 5, 55);
    cache.move(space, "one", 5, 9);

    assertThat(cache.move(space, "one", 5, 12)).as("from before").isFalse();
    assertThat(cache.move(space, "one", 8, 12)).as("from between").isFalse();
    assertThat(cache.move(space, "two", 4, 12)).as("from below the base").isFalse();
    assertThat(cache.move(space, "two", 6, 12)).as("from above the base").isFalse();

    assertThat(caches().state(cache, space)).isEqualTo(new CacheState(5, 55, Map.of("one", 9L)));
  }

  /** Positions that say no more than the base are gone, the others stay. */
  @Test
  default void aBaseThatAdvancesForgetsThePositionsUpToIt() {
    Cache cache = caches().open();
    CacheSpace space = caches().begun(cache);
    cache.move(space, "below", 0, 5);
    cache.move(space, "at", 0, 8);
    cache.move(space, "above", 0, 9);

    assertThat(cache.advance(space, 0, 8, Long.MIN_VALUE)).isTrue();

    CacheState state = caches().state(cache, space);
    assertThat(state).isEqualTo(new CacheState(8, Long.MIN_VALUE, Map.of("above", 9L)));
    assertThat(state.position("below")).isEqualTo(8);
    assertThat(cache.move(space, "below", 5, 10)).as("from a forgotten position").isFalse();
    assertThat(cache.move(space, "below", 8, 10)).isTrue();
    assertThat(cache.move(space, "above", 9, 11)).isTrue();
    assertThat(cache.advance(space, 8, 20, 20)).isTrue();
    assertThat(caches().state(cache, space)).isEqualTo(new CacheState(20, 20, Map.of()));
  }

  /** Whoever read it before another advanced it has to read again. */
  @Test
  default void aBaseDoesNotAdvanceFromWhereItIsNot() {
    Cache cache = caches().open();
    CacheSpace space = caches().begun(cache);
    cache.move(space, "one", 0, 5);
    cache.advance(space, 0, 3, 33);

    assertThat(cache.advance(space, 0, 9, 99)).isFalse();
    assertThat(cache.advance(space, 2, 9, 99)).isFalse();
    assertThat(cache.advance(space, 5, 9, 99)).isFalse();

    assertThat(caches().state(cache, space)).isEqualTo(new CacheState(3, 33, Map.of("one", 5L)));
  }

  /** Of several who move a position from one place, one does. */
  @Test
  default void ofTwoThatMoveAPositionAtATimeOneDoes() {
    race(false);
  }

  /** Of several who advance the base from one place, one does. */
  @Test
  default void ofTwoThatAdvanceTheBaseAtATimeOneDoes() {
    race(true);
  }

  private void race(boolean base) {
    Cache one = caches().open(caches().config().withInstanceId("one"));
    Cache two = caches().open(caches().config().withInstanceId("two"));
    CacheSpace space = caches().begun(one);
    for (int round = 0; round < 25; round++) {
      long from = 2L * round;
      CompletableFuture<Boolean> other =
          Concurrently.run(() -> step(two, space, base, from, from + 1));

      boolean moved = step(one, space, base, from, from + 2);

      assertThat(other.join()).as("moved by the other one only").isNotEqualTo(moved);
      if (!moved) {
        assertThat(step(one, space, base, from + 1, from + 2)).isTrue();
      }
      assertThat(caches().state(two, space).position("x")).isEqualTo(from + 2);
    }
  }

  private static boolean step(Cache cache, CacheSpace space, boolean base, long from, long to) {
    return base ? cache.advance(space, from, to, to) : cache.move(space, "x", from, to);
  }
}
