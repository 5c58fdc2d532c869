// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static io.syncengine.testkit.Entries.committed;
import static io.syncengine.testkit.Entries.committedTombstone;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncengine.model.Revision;
import io.syncengine.spi.Cache;
import io.syncengine.spi.CacheOutcome;
import io.syncengine.spi.CacheSpace;
import io.syncengine.spi.CacheWrite;
import io.syncengine.spi.Entry;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Of {@link CacheContract}: what is held is replaced by a higher revision alone, and nothing is
 * made by knowledge that is older than what came before.
 *
 * @since 0.1
 */
public interface CacheFenceClauses extends CacheClauses {
  /** Upwards, whatever the sequence: a value, a tombstone, a value. */
  @Test
  default void aHigherRevisionReplaces() {
    Cache cache = caches().open();
    CacheSpace space = caches().begun(cache);
    List<Entry> upwards =
        List.of(
            committed("a", 1, "one", 1),
            committedTombstone("a", 2, 2),
            committed("a", 3, "three", 3),
            committed("a", 4, "four", 4));

    for (Entry entry : upwards) {
      assertThat(caches().told(cache, space, CacheWrite.put(entry, entry.sequence())))
          .containsExactly(CacheOutcome.STORED);
      caches().assertHeld(caches().get(cache, space, "a"), entry);
    }
  }

  /** Held, so that it may be replaced by whoever comes late with something higher. */
  @Test
  default void aHigherRevisionReplacesWithALowerSequence() {
    Cache cache = caches().open();
    CacheSpace space = caches().begun(cache);
    caches().told(cache, space, CacheWrite.put(committed("a", 1, "one", 1), 9));
    Entry higher = committed("a", 2, "two", 5);

    assertThat(caches().told(cache, space, CacheWrite.put(higher, 5)))
        .containsExactly(CacheOutcome.STORED);

    caches().assertHeld(caches().get(cache, space, "a"), higher);
  }

  /** Nothing goes back, whatever the sequence. */
  @Test
  default void aLowerRevisionDoesNotReplace() {
    Cache cache = caches().open();
    CacheSpace space = caches().begun(cache);
    Entry dead = committedTombstone("dead", 5, 5);
    Entry live = committed("live", 5, "five", 5);
    caches().told(cache, space, CacheWrite.put(dead, 5), CacheWrite.put(live, 5));

    for (long sequence : new long[] {1, 5, 9}) {
      assertThat(
              caches()
                  .told(
                      cache,
                      space,
                      CacheWrite.put(committedTombstone("live", 4, 4), sequence),
                      CacheWrite.put(committed("dead", 4, "four", 4), sequence)))
          .containsExactly(CacheOutcome.KEPT, CacheOutcome.KEPT);
      caches().assertHeld(caches().get(cache, space, "dead"), dead);
      caches().assertHeld(caches().get(cache, space, "live"), live);
    }
  }

  /** Equal versions are ordered too: a tombstone is the lowest, values by their hash. */
  @Test
  default void equalVersionsAreOrderedAsRevisions() {
    Cache cache = caches().open();
    CacheSpace space = caches().begun(cache);
    Entry dead = committedTombstone("a", 7, 1);
    Entry x = committed("a", 7, "x", 1);
    Entry y = committed("a", 7, "y", 1);
    Entry low = x.revision().isAbove(y.revision()) ? y : x;
    Entry high = low == x ? y : x;
    List<Entry> upwards =
        high.revision().isAbove(dead.revision()) && low.revision().isAbove(dead.revision())
            ? List.of(dead, low, high)
            : List.of(low, high, dead);
    for (int i = 0; i < upwards.size(); i++) {
      assertThat(caches().told(cache, space, CacheWrite.put(upwards.get(i), 1)))
          .containsExactly(CacheOutcome.STORED);
      for (Entry lower : upwards.subList(0, i + 1)) {
        assertThat(caches().told(cache, space, CacheWrite.put(lower, 1)))
            .containsExactly(CacheOutcome.KEPT);
      }
      caches().assertHeld(caches().get(cache, space, "a"), upwards.get(i));
    }
  }

  /** What is below the missed change goes, the change itself and what is above stay. */
  @Test
  default void aDropTakesWhatIsBelowIt() {
    Cache cache = caches().open();
    CacheSpace space = caches().begun(cache);
    Entry below = committed("below", 4, "x", 4);
    Entry at = committed("at", 5, "x", 4);
    Entry above = committed("above", 6, "x", 4);
    caches()
        .told(
            cache,
            space,
            CacheWrite.put(below, 4),
            CacheWrite.put(at, 4),
            CacheWrite.put(above, 4));

    assertThat(
            caches()
                .told(
                    cache,
                    space,
                    CacheWrite.drop("above", at.revision(), 5),
                    CacheWrite.drop("absent", at.revision(), 5),
                    CacheWrite.drop("at", at.revision(), 5),
                    CacheWrite.drop("below", at.revision(), 5)))
        .containsExactly(
            CacheOutcome.KEPT, CacheOutcome.ABSENT, CacheOutcome.KEPT, CacheOutcome.ABSENT);

    assertThat(cache.get(space, List.of("above", "absent", "at", "below")))
        .containsOnlyKeys("above", "at");
    caches().assertHeld(caches().get(cache, space, "above"), above);
    caches().assertHeld(caches().get(cache, space, "at"), at);
  }

  /** A drop with an old sequence takes what is below it too. */
  @Test
  default void aDropTakesWhatIsBelowItWithALowerSequence() {
    Cache cache = caches().open();
    CacheSpace space = caches().begun(cache);
    caches().told(cache, space, CacheWrite.put(committed("a", 1, "x", 1), 9));

    assertThat(caches().told(cache, space, CacheWrite.drop("a", Revision.ofTombstone(2), 2)))
        .containsExactly(CacheOutcome.ABSENT);

    assertThat(caches().get(cache, space, "a")).isNull();
  }

  /** A put that was on its way while its id was dropped. */
  @Test
  default void aLatePutOfADroppedIdMakesNothing() {
    Cache cache = caches().open();
    CacheSpace space = caches().begun(cache);
    Entry old = committed("a", 1, "one", 1);
    caches().told(cache, space, CacheWrite.put(old, 1));
    caches().told(cache, space, CacheWrite.drop("a", Revision.ofTombstone(2), 5));

    for (long sequence = 1; sequence < 5; sequence++) {
      assertThat(caches().told(cache, space, CacheWrite.put(old, sequence)))
          .as("with sequence %s", sequence)
          .containsExactly(CacheOutcome.ABSENT);
      assertThat(caches().get(cache, space, "a")).isNull();
    }
  }

  /** A put that was on its way while another was told that there is something newer. */
  @Test
  default void aLatePutOfAnIdThatWasNeverHeldMakesNothing() {
    Cache cache = caches().open();
    CacheSpace space = caches().begun(cache);
    assertThat(caches().told(cache, space, CacheWrite.drop("a", Revision.ofTombstone(2), 5)))
        .containsExactly(CacheOutcome.ABSENT);

    assertThat(caches().told(cache, space, CacheWrite.put(committed("a", 1, "one", 1), 4)))
        .containsExactly(CacheOutcome.ABSENT);

    assertThat(caches().get(cache, space, "a")).isNull();
  }

  /** What is as new as the newest is made. */
  @Test
  default void knowledgeThatIsNotOlderMakesWhatWasDropped() {
    Cache cache = caches().open();
    CacheSpace space = caches().begun(cache);
    Entry same = committed("same", 2, "two", 5);
    Entry later = committed("later", 2, "two", 5);
    caches()
        .told(
            cache,
            space,
            CacheWrite.drop("later", later.revision(), 5),
            CacheWrite.drop("same", same.revision(), 5));

    assertThat(caches().told(cache, space, CacheWrite.put(same, 5)))
        .containsExactly(CacheOutcome.STORED);
    assertThat(caches().told(cache, space, CacheWrite.put(later, 6)))
        .containsExactly(CacheOutcome.STORED);

    caches().assertHeld(caches().get(cache, space, "same"), same);
    caches().assertHeld(caches().get(cache, space, "later"), later);
  }

  /** What replaces is knowledge as well, which stays when what it told of is dropped. */
  @Test
  default void whatReplacesTellsItsLaneHowNewItIs() {
    Cache cache = caches().open();
    CacheSpace space = caches().begun(cache);
    caches().told(cache, space, CacheWrite.put(committed("a", 1, "x", 1), 1));
    caches().told(cache, space, CacheWrite.put(committed("a", 2, "x", 7), 7));

    assertMadeByNothingBelow(7, cache, space);
  }

  /** What is known already is knowledge as well. */
  @Test
  default void whatIsKeptTellsItsLaneHowNewItIs() {
    Cache cache = caches().open();
    CacheSpace space = caches().begun(cache);
    caches().told(cache, space, CacheWrite.put(committed("a", 5, "x", 1), 1));
    caches().told(cache, space, CacheWrite.put(committed("a", 5, "x", 1), 7));

    assertMadeByNothingBelow(7, cache, space);
  }

  private void assertMadeByNothingBelow(long sequence, Cache cache, CacheSpace space) {
    caches().told(cache, space, CacheWrite.drop("a", Revision.ofTombstone(9), 3));

    Entry late = committed("a", 8, "x", sequence - 1);
    assertThat(caches().told(cache, space, CacheWrite.put(late, sequence - 1)))
        .containsExactly(CacheOutcome.ABSENT);
    assertThat(caches().get(cache, space, "a")).isNull();
  }

  /** One call, all cases, each outcome where its write is. */
  @Test
  default void outcomesStandInTheOrderOfTheWrites() {
    Cache cache = caches().open();
    CacheSpace space = caches().begun(cache);
    caches()
        .told(
            cache,
            space,
            CacheWrite.put(committed("d", 1, "x", 1), 1),
            CacheWrite.put(committed("b", 5, "x", 1), 1),
            CacheWrite.put(committed("a", 1, "x", 1), 1));

    assertThat(
            caches()
                .told(
                    cache,
                    space,
                    CacheWrite.put(committed("d", 2, "y", 9), 9),
                    CacheWrite.put(committed("b", 2, "y", 9), 9),
                    CacheWrite.put(committed("new", 1, "y", 9), 9),
                    CacheWrite.drop("a", Revision.ofTombstone(2), 9)))
        .containsExactly(
            CacheOutcome.STORED, CacheOutcome.KEPT, CacheOutcome.STORED, CacheOutcome.ABSENT);
  }
}
