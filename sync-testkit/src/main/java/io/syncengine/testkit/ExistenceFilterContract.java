// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncengine.spi.ExistenceFilter;
import io.syncengine.spi.ExistenceFilterProvider;
import io.syncengine.spi.IdHash;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * The contract of {@link ExistenceFilter} and its provider: extend it with a concrete class that
 * gives the provider.
 *
 * @since 0.1
 */
public abstract class ExistenceFilterContract {
  /** The system property that says how many operations the model test does in all. */
  public static final String OPERATIONS = "sync.filter.ops";

  private static final int SEEDS = 4;

  /** How often readers look at all that is stable while others are added and removed. */
  private static final int SWEEPS = 1_000;

  /** For subclasses. */
  protected ExistenceFilterContract() {}

  /**
   * What makes and reads the filters.
   *
   * @return the provider
   */
  protected abstract ExistenceFilterProvider provider();

  /**
   * How many operations the model test does in all.
   *
   * @return what {@value #OPERATIONS} says, else 1,000,000
   */
  protected int operations() {
    return Integer.getInteger(OPERATIONS, 1_000_000);
  }

  @Test
  void anEmptyFilterHoldsNothing() {
    ExistenceFilter filter = provider().create(0);

    assertThat(filter.count()).isZero();
    assertThat(filter.falsePositiveRate()).isZero();
    assertThat(filter.bytes()).isPositive();
    for (int i = 0; i < 1_000; i++) {
      assertThat(filter.mightContain(hash(i))).isFalse();
      assertThat(filter.remove(hash(i))).isFalse();
    }
    assertThat(filter.count()).isZero();
  }

  @Test
  void aNegativeExpectationIsRefused() {
    assertThatThrownBy(() -> provider().create(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatIsExpectedFindsRoomWithinTheCapacity() throws IOException {
    for (int expected : new int[] {0, 1, 1_000, 100_000}) {
      ExistenceFilter filter = provider().create(expected);
      assertThat(filter.capacity()).isGreaterThanOrEqualTo(Math.max(1, expected));
      for (int i = 0; i < expected; i++) {
        assertThat(filter.add(hash(i))).isTrue();
      }
      assertThat(filter.count()).isEqualTo(expected);
      assertHolds(filter, 0, expected);
      assertThat(written(filter).length).isLessThan((int) filter.bytes() + 1_000);
    }
  }

  @Test
  void whatWasAddedTwiceIsRemovedTwice() {
    ExistenceFilter filter = provider().create(100);
    long hash = hash(1);
    for (int copies = 1; copies <= 3; copies++) {
      assertThat(filter.add(hash)).isTrue();
      assertThat(filter.count()).isEqualTo(copies);
    }
    for (int copies = 2; copies >= 0; copies--) {
      assertThat(filter.mightContain(hash)).isTrue();
      assertThat(filter.remove(hash)).isTrue();
      assertThat(filter.count()).isEqualTo(copies);
    }
    assertThat(filter.mightContain(hash)).isFalse();
    assertThat(filter.remove(hash)).isFalse();
  }

  @Test
  void aRefusedAddLeavesEverythingAsItWas() throws IOException {
    ExistenceFilter filter = provider().create(0);
    int added = 0;
    while (filter.add(hash(added))) {
      added++;
    }
    assertThat((long) added).isGreaterThanOrEqualTo(filter.capacity());
    byte[] before = written(filter);

    for (int again = 0; again < 3; again++) {
      assertThat(filter.add(hash(added))).isFalse();
    }

    assertThat(filter.count()).isEqualTo(added);
    assertHolds(filter, 0, added);
    assertThat(written(filter)).isEqualTo(before);
    assertThat(filter.remove(hash(0))).isTrue();
    assertHolds(filter, 1, added);
  }

  @Test
  void falsePositivesAreAsRareAsItSays() {
    int expected = 100_000;
    ExistenceFilter filter = provider().create(expected);
    for (int i = 0; i < filter.capacity(); i++) {
      assertThat(filter.add(hash(i))).isTrue();
    }
    int asked = 400_000;
    int wrong = 0;
    for (int i = 0; i < asked; i++) {
      wrong += filter.mightContain(hash(1_000_000_000L + i)) ? 1 : 0;
    }
    double told = filter.falsePositiveRate() * asked;
    // Five standard deviations of a count that rare.
    assertThat((double) wrong).isLessThanOrEqualTo(told + 5 * Math.sqrt(told) + 1);
    assertThat(filter.falsePositiveRate()).isGreaterThan(0).isLessThan(0.05);
  }

  @Test
  void aFilterIsReadToItsEndAndNoFurther() throws IOException {
    ExistenceFilter filter = filled(500);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    filter.writeTo(out);
    provider().create(0).writeTo(out);
    out.write(7);
    ByteArrayInputStream in = new ByteArrayInputStream(out.toByteArray());

    ExistenceFilter first = provider().read(in);
    ExistenceFilter second = provider().read(in);

    assertThat(in.readAllBytes()).containsExactly(7);
    assertThat(first.count()).isEqualTo(500);
    assertThat(first.capacity()).isEqualTo(filter.capacity());
    assertHolds(first, 0, 500);
    assertThat(first.add(hash(500))).isTrue();
    assertThat(first.remove(hash(3))).isTrue();
    assertHolds(first, 4, 501);
    assertThat(second.count()).isZero();
  }

  @Test
  void aFilterThatIsCutOffIsNotRead() throws IOException {
    byte[] whole = written(filled(500));
    for (int length = 0; length < whole.length; length += 1 + length / 40) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertUnreadable(cut, "the first " + length + " bytes");
    }
    assertUnreadable(Arrays.copyOf(whole, whole.length - 1), "all but the last byte");
  }

  /**
   * One bit that is not as it was written is noticed.
   *
   * @param seed of the places
   * @throws IOException if the filter could not be written
   */
  @ParameterizedTest
  @SeedSource(2)
  void aDamagedFilterIsNotRead(long seed) throws IOException {
    byte[] whole = written(filled(500));
    Random random = new Random(seed);
    for (int i = 0; i < 400; i++) {
      int at = i < 64 ? Math.min(i, whole.length - 1) : random.nextInt(whole.length);
      int bit = 1 << random.nextInt(8);
      whole[at] ^= (byte) bit;
      assertUnreadable(whole, "byte " + at + " changed by " + bit);
      whole[at] ^= (byte) bit;
    }
  }

  /** While a writer fills it up, no reader misses what was there before. */
  @Test
  void readersMissNothingWhileOthersAreAddedAndRemoved() throws Exception {
    ExistenceFilter filter = provider().create(0);
    int stable = (int) filter.capacity() / 2;
    for (int i = 0; i < stable; i++) {
      assertThat(filter.add(hash(i))).isTrue();
    }
    AtomicInteger sweeps = new AtomicInteger();
    CompletableFuture<Void> churn = Concurrently.run(() -> churned(filter, stable, sweeps));
    try {
      while (!churn.isDone()) {
        assertHolds(filter, 0, stable);
        sweeps.incrementAndGet();
      }
    } finally {
      sweeps.set(SWEEPS);
    }
    churn.join();
    assertHolds(filter, 0, stable);
  }

  /**
   * Fills it to the brim and empties it again to what is stable, until others have swept over it so
   * often that they must have done so in the middle of it, however the threads took their turns.
   */
  private static Void churned(ExistenceFilter filter, int stable, AtomicInteger sweeps) {
    for (int round = 0; round < 40 || sweeps.get() < SWEEPS; round++) {
      int end = stable;
      while (filter.add(hash(end))) {
        end++;
      }
      for (int i = stable; i < end; i++) {
        assertThat(filter.remove(hash(i))).isTrue();
      }
    }
    return null;
  }

  /**
   * Any adds and removals, with growth by filling another one, and with writing and reading,
   * against a multiset: nothing is missed.
   *
   * @param seed of the operations
   * @throws IOException if the filter could not be written or read
   */
  @ParameterizedTest
  @SeedSource(SEEDS)
  void behavesAsAMultisetThatMayHoldMore(long seed) throws IOException {
    new FilterModelRun(provider(), seed).run(operations() / SEEDS);
  }

  private ExistenceFilter filled(int count) {
    ExistenceFilter filter = provider().create(count);
    for (int i = 0; i < count; i++) {
      assertThat(filter.add(hash(i))).isTrue();
    }
    return filter;
  }

  private void assertUnreadable(byte[] bytes, String what) {
    assertThatThrownBy(() -> provider().read(new ByteArrayInputStream(bytes)))
        .as(what)
        .isInstanceOf(IOException.class);
  }

  private static void assertHolds(ExistenceFilter filter, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!filter.mightContain(hash(i))) {
        throw new AssertionError("id " + i + " was added and is missed");
      }
    }
  }

  static byte[] written(ExistenceFilter filter) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    filter.writeTo(out);
    return out.toByteArray();
  }

  private static long hash(long id) {
    return IdHash.of("id" + id);
  }
}
