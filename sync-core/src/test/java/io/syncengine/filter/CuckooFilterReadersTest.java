// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Readers beside a writer miss nothing. They fail if {@link CuckooFilter#mightContain} does not ask
 * whether something was moved, and the second one if a removal does not say so.
 */
@Timeout(60)
class CuckooFilterReadersTest {
  private static final int SLOTS = 4096;
  private static final int STABLE = 3000;
  private static final int MOVES = 400_000;

  @Test
  void nothingIsMissedWhileItIsMoved() {
    CuckooFilter filter = new CuckooFilter(SLOTS / Fingerprints.SLOTS);
    SplittableRandom random = new SplittableRandom(11);
    long[] stable = random.longs(STABLE).toArray();
    for (long hash : stable) {
      assertThat(filter.add(hash)).isTrue();
    }

    CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> churn(filter, random));
    long missed = 0;
    do {
      for (long hash : stable) {
        missed += filter.mightContain(hash) ? 0 : 1;
      }
    } while (!writer.isDone());
    writer.join();

    assertThat(missed).isZero();
  }

  /** Nearly full all the time, so that nearly each add moves others. */
  private static void churn(CuckooFilter filter, SplittableRandom random) {
    long[] passing = new long[(int) (0.94 * SLOTS) - STABLE];
    for (int i = 0; i < MOVES; i++) {
      int at = i % passing.length;
      if (i >= passing.length) {
        filter.remove(passing[at]);
      }
      do {
        passing[at] = random.nextLong();
      } while (!filter.add(passing[at]));
    }
  }

  /** A copy is added to one bucket and another one is removed from the other: so it has moved. */
  @Test
  void nothingIsMissedWhereACopyTakesItsPlace() {
    int buckets = SLOTS; // far apart, in two cache lines
    long first = 0x1234_5678L;
    int fingerprint = Fingerprints.of(first);
    int two = Fingerprints.other(0, fingerprint, buckets);
    long second = ((((long) two << 32) / buckets + 1) << 32) | first;
    assertThat(Fingerprints.bucket(first, buckets)).isZero();
    assertThat(Fingerprints.bucket(second, buckets)).isEqualTo(two);
    long full = 0x0001_0001_0001_0001L;
    long[] words = new long[buckets];
    words[0] = Fingerprints.with(full, 0, 0);
    words[two] = Fingerprints.with(full, 0, fingerprint);
    CuckooFilter filter = new CuckooFilter(words, 7);

    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(
            () -> {
              for (int i = 0; i < 5 * MOVES; i++) {
                filter.add(second); // to the first's bucket, the only one with room
                filter.remove(second); // from its own, which is looked at first
                filter.add(second); // to its own
                filter.remove(first); // from the first's
              }
            });
    long missed = 0;
    do {
      missed += filter.mightContain(first) ? 0 : 1;
      missed += filter.mightContain(second) ? 0 : 1;
    } while (!writer.isDone());
    writer.join();

    assertThat(missed).isZero();
    assertThat(filter.count()).isEqualTo(7);
  }
}
