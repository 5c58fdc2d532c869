// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static io.syncengine.testkit.Entries.committed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.model.Revision;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.Cache;
import io.syncengine.spi.CacheOutcome;
import io.syncengine.spi.CacheSpace;
import io.syncengine.spi.CacheWrite;
import io.syncengine.spi.Entry;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * Of {@link CacheContract}: what is lost leads to nothing older. Subclasses bring losses about by
 * overriding {@link #forgetLanes}, {@link #forgetState} and {@link #goBack}.
 *
 * @since 0.1
 */
public interface CacheLossClauses extends CacheClauses {
  /** Makes the cache lose the numbers of all lanes, and nothing else, as by eviction. */
  default void forgetLanes() {
    Assumptions.abort("the lanes of this cache cannot be made to be forgotten");
  }

  /** Makes the cache lose the state of all spaces, and nothing else, as by eviction. */
  default void forgetState() {
    Assumptions.abort("the state of this cache cannot be made to be forgotten");
  }

  /**
   * Makes the cache be one that may have gone back, as after a restart or a failover. It holds what
   * it held or something older.
   */
  default void goBack() {
    Assumptions.abort("this cache cannot be made to go back");
  }

  /** The number of the lane is lost, and what it told with it. */
  @Test
  default void aLatePutMakesNothingAfterItsLaneIsLost() {
    Cache cache = caches().open();
    CacheSpace space = caches().begun(cache);
    Entry old = committed("a", 1, "one", 1);
    caches().told(cache, space, CacheWrite.put(old, 1));
    caches().told(cache, space, CacheWrite.drop("a", Revision.ofTombstone(2), 5));

    forgetLanes();

    assertThat(caches().told(cache, space, CacheWrite.put(old, 4), caches()::head))
        .isEqualTo(CacheOutcome.ABSENT);
    assertThat(caches().asked()).as("how often the head was asked").isEqualTo(1);
    assertThat(caches().get(cache, space, "a")).isNull();
  }

  /** What comes late and makes nothing says nothing of what was lost either. */
  @Test
  default void aLostLaneIsNotGivenTheSequenceOfALateDrop() {
    Cache cache = caches().open();
    CacheSpace space = caches().begun(cache);
    Entry old = committed("a", 1, "one", 1);
    caches().told(cache, space, CacheWrite.put(old, 1));
    caches().told(cache, space, CacheWrite.drop("a", Revision.ofTombstone(2), 5));

    forgetLanes();
    caches().told(cache, space, CacheWrite.drop("a", old.revision(), 1));

    assertThat(caches().told(cache, space, CacheWrite.put(old, 4)))
        .containsExactly(CacheOutcome.ABSENT);
    assertThat(caches().get(cache, space, "a")).isNull();
  }

  /** The head's number is put in the place of the lost one, and asked for once. */
  @Test
  default void aLostLaneIsGivenTheHeadOnce() {
    Cache cache = caches().open();
    CacheSpace space = caches().begun(cache);
    Entry late = committed("a", 2, "two", 4);
    Entry present = committed("a", 3, "three", 9);
    caches().headAtLeast(9);
    forgetLanes();

    assertThat(caches().told(cache, space, CacheWrite.put(late, 8), caches()::head))
        .isEqualTo(CacheOutcome.ABSENT);
    assertThat(caches().told(cache, space, CacheWrite.put(late, 8), caches()::head))
        .isEqualTo(CacheOutcome.ABSENT);
    assertThat(caches().asked()).as("asked again").isZero();
    assertThat(caches().told(cache, space, CacheWrite.put(present, 9), caches()::head))
        .isEqualTo(CacheOutcome.STORED);
    assertThat(caches().asked()).as("asked again").isZero();
    caches().assertHeld(caches().get(cache, space, "a"), present);
  }

  /** Knowledge of the head's moment is as new as can be. */
  @Test
  default void aPutOfTheHeadIsMadeAfterItsLaneIsLost() {
    Cache cache = caches().open();
    CacheSpace space = caches().begun(cache);
    Entry entry = committed("a", 1, "one", 7);
    forgetLanes();

    assertThat(caches().told(cache, space, CacheWrite.put(entry, 7), caches()::head))
        .isEqualTo(CacheOutcome.STORED);

    caches().assertHeld(caches().get(cache, space, "a"), entry);
  }

  /** Nobody can say what was lost. */
  @Test
  default void nothingIsMadeInALostLaneWithoutTheHead() {
    Cache cache = caches().open();
    CacheSpace space = caches().begun(cache);
    Entry held = committed("held", 1, "one", 1);
    Entry above = committed("held", 2, "two", 2);
    caches().told(cache, space, CacheWrite.put(held, 1));
    forgetLanes();

    assertThat(
            caches().told(cache, space, CacheWrite.put(committed("a", 1, "one", 7), 7), () -> -1))
        .isEqualTo(CacheOutcome.ABSENT);
    assertThat(caches().get(cache, space, "a")).isNull();
    assertThat(caches().told(cache, space, CacheWrite.put(above, 2), () -> -1))
        .as("what is held is replaced")
        .isEqualTo(CacheOutcome.STORED);
    assertThat(
            caches()
                .told(cache, space, CacheWrite.drop("held", Revision.ofTombstone(3), 3), () -> -1))
        .as("what is held is dropped")
        .isEqualTo(CacheOutcome.ABSENT);
    assertThat(caches().get(cache, space, "held")).isNull();
    assertThat(
            caches()
                .told(cache, space, CacheWrite.put(committed("a", 1, "one", 7), 7), caches()::head))
        .as("with the head")
        .isEqualTo(CacheOutcome.STORED);
  }

  /** Many lanes are lost at once. */
  @Test
  default void theHeadIsAskedOnceForAllLanes() {
    Cache cache = caches().open();
    CacheSpace space = caches().begun(cache);
    caches().headAtLeast(9);
    forgetLanes();
    List<CacheWrite> writes =
        IntStream.range(0, 2_000)
            .mapToObj(i -> CacheWrite.put(committed("id" + i, 1, "x", 9), i % 2 == 0 ? 8 : 9))
            .toList();

    List<CacheOutcome> outcomes = caches().told(cache, space, writes);

    for (int i = 0; i < writes.size(); i++) {
      assertThat(outcomes.get(i)).isEqualTo(i % 2 == 0 ? CacheOutcome.ABSENT : CacheOutcome.STORED);
    }
    assertThat(cache.get(space, writes.stream().map(CacheWrite::id).toList())).hasSize(1_000);
  }

  /** Another tells of something newer between the question for the head and the answer. */
  @Test
  default void aHeadThatIsOlderThanWhatCameMeanwhileMakesNothing() {
    Cache cache = caches().open();
    Cache other = caches().open(caches().config().withInstanceId("other"));
    CacheSpace space = caches().begun(cache);
    Entry old = committed("a", 1, "one", 7);
    forgetLanes();

    CacheOutcome outcome =
        caches()
            .told(
                cache,
                space,
                CacheWrite.put(old, 7),
                () -> {
                  long head = caches().head();
                  caches().told(other, space, CacheWrite.drop("a", Revision.ofTombstone(2), 8));
                  return head;
                });

    assertThat(outcome).isEqualTo(CacheOutcome.ABSENT);
    assertThat(caches().get(cache, space, "a")).isNull();
    assertThat(caches().told(cache, space, CacheWrite.put(old, 7)))
        .as("later")
        .containsExactly(CacheOutcome.ABSENT);
  }

  /** Another tells of something newer in between, and that is lost as well. */
  @Test
  default void aHeadThatIsOlderThanASecondLossMakesNothing() {
    Cache cache = caches().open();
    Cache other = caches().open(caches().config().withInstanceId("other"));
    CacheSpace space = caches().begun(cache);
    Entry old = committed("a", 1, "one", 7);
    forgetLanes();

    CacheOutcome outcome =
        caches()
            .told(
                cache,
                space,
                CacheWrite.put(old, 7),
                () -> {
                  long head = caches().head();
                  caches().told(other, space, CacheWrite.drop("a", Revision.ofTombstone(2), 8));
                  forgetLanes();
                  return head;
                });

    assertThat(outcome).isEqualTo(CacheOutcome.ABSENT);
    assertThat(caches().get(cache, space, "a")).isNull();
    assertThat(caches().told(cache, space, CacheWrite.put(old, 7)))
        .as("later")
        .containsExactly(CacheOutcome.ABSENT);
  }

  /** The same, and a third has noticed the second loss already and waits for the head too. */
  @Test
  default void anOlderHeadIsNotTakenForANewerLoss() {
    Cache cache = caches().open();
    Cache other = caches().open(caches().config().withInstanceId("other"));
    CacheSpace space = caches().begun(cache);
    Entry old = committed("a", 1, "one", 7);
    forgetLanes();

    CacheOutcome outcome =
        caches()
            .told(
                cache,
                space,
                CacheWrite.put(old, 7),
                () -> {
                  long head = caches().head();
                  caches().told(other, space, CacheWrite.drop("a", Revision.ofTombstone(2), 8));
                  forgetLanes();
                  // Notes the loss, and does not get to know the head.
                  other.put(space, List.of(CacheWrite.put(old, 7)), () -> -1);
                  return head;
                });

    assertThat(outcome).isEqualTo(CacheOutcome.ABSENT);
    assertThat(caches().get(cache, space, "a")).isNull();
    assertThat(caches().told(cache, space, CacheWrite.put(old, 7)))
        .as("later")
        .containsExactly(CacheOutcome.ABSENT);
  }

  /** What was reflected is not known any more. */
  @Test
  default void aLostStateIsNotMadeUp() {
    Cache cache = caches().open();
    CacheSpace space = caches().begun(cache);
    cache.move(space, "one", 0, 4);

    forgetState();

    assertThat(cache.state(space)).isEmpty();
    assertThat(caches().open().state(space)).isEmpty();
    assertThat(isTrue(() -> cache.move(space, "one", 4, 5))).as("moved").isFalse();
    assertThat(isTrue(() -> cache.advance(space, 0, 5, 55))).as("advanced").isFalse();
    assertThat(cache.state(space)).isEmpty();
  }

  /** A cache that may have gone back says so to each who asks, before it says anything else. */
  @Test
  default void aSpaceIsGivenUpWhenTheCacheMayHaveGoneBack() {
    Cache one = caches().open(caches().config().withInstanceId("one"));
    Cache two = caches().open(caches().config().withInstanceId("two"));
    CacheSpace space = caches().begun(one);
    Entry entry = committed("a", 1, "one", 1);
    caches().told(one, space, CacheWrite.put(entry, 1));
    caches().assertHeld(caches().get(two, space, "a"), entry);
    assertThat(two.state(space)).isPresent();

    goBack();

    for (Cache cache : List.of(one, two)) {
      assertThatThrownBy(() -> cache.get(space, List.of("a")))
          .as("get")
          .isInstanceOf(TierUnavailableException.class);
      assertThatThrownBy(
              () -> caches().told(cache, space, CacheWrite.put(committed("a", 2, "two", 2), 2)))
          .as("put")
          .isInstanceOf(TierUnavailableException.class);
      assertThat(isTrue(() -> cache.move(space, "one", 0, 1))).as("moved").isFalse();
      assertThat(isTrue(() -> cache.advance(space, 0, 1, 11))).as("advanced").isFalse();
      assertThat(soon(() -> cache.state(space))).as("state").isEmpty();
    }
    assertThat(caches().open().state(space)).as("state as read by a new one").isEmpty();
    assertThat(soon(() -> one.begin(space, 1, 11))).as("begun again").isFalse();
  }

  /** It is as good as another one, for another generation. */
  @Test
  default void anotherGenerationIsBegunAfterTheCacheMayHaveGoneBack() {
    Cache one = caches().open(caches().config().withInstanceId("one"));
    Cache two = caches().open(caches().config().withInstanceId("two"));
    CacheSpace space = caches().begun(one);
    caches().told(one, space, CacheWrite.put(committed("a", 1, "one", 1), 1));
    goBack();
    assertThat(soon(() -> one.state(space))).isEmpty();
    assertThat(soon(() -> two.state(space))).isEmpty();
    CacheSpace next = caches().unusedSpace();
    Entry entry = committed("a", 2, "two", 2);

    assertThat(one.begin(next, 2, 22)).isTrue();
    assertThat(two.begin(next, 2, 22)).isTrue();

    assertThat(caches().get(two, next, "a")).isNull();
    assertThat(caches().told(one, next, CacheWrite.put(entry, 2)))
        .containsExactly(CacheOutcome.STORED);
    caches().assertHeld(caches().get(two, next, "a"), entry);
    assertThat(one.state(space)).as("the old one").isEmpty();
  }

  /** Whether it is done; not, if the cache says that it may have gone back. */
  private static boolean isTrue(BooleanSupplier step) {
    try {
      return step.getAsBoolean();
    } catch (TierUnavailableException e) {
      return false;
    }
  }

  /** What a cache says that is reached again soon. */
  private static <T> T soon(Supplier<T> call) {
    for (int tries = 1; ; tries++) {
      try {
        return call.get();
      } catch (TierUnavailableException e) {
        if (tries == 100) {
          throw e;
        }
        Concurrently.pause(Duration.ofMillis(100));
      }
    }
  }
}
