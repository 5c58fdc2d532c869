// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.verify;

import io.syncengine.merkle.DigestTree;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.Change;
import io.syncengine.spi.ChangePage;
import io.syncengine.spi.ChangeRow;
import io.syncengine.spi.DigestPage;
import io.syncengine.spi.Header;
import io.syncengine.spi.HeaderPage;
import io.syncengine.spi.IdHash;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.BiPredicate;

/**
 * The digests of buckets as the rows of a side have them, summed from headers that were read as of
 * different change rows, and brought to one. For one thread.
 */
final class BucketSums {
  private static final int MOST_TRIES = 20;

  private final Side side;
  private final BiPredicate<String, Long> missed;
  private final DigestTree tree = new DigestTree();
  private long sequence;

  /**
   * Makes sums of nothing.
   *
   * @param sequence the change row from which on rows may be missing in what is added
   * @param missed whether a change of an id in a change row is missing in what was added
   */
  BucketSums(Side side, long sequence, BiPredicate<String, Long> missed) {
    this.side = side;
    this.sequence = sequence;
    this.missed = missed;
  }

  /** Adds a row. */
  void add(Header header) {
    tree.add(header.id(), header.leaf());
  }

  /** Takes in what is missing, so that the sums are those of the rows as of a change row. */
  void takeIn(long to) {
    while (sequence < to) {
      ChangePage page = side.changes(sequence + 1);
      for (ChangeRow row : page.rows()) {
        if (row.sequence() != sequence + 1) {
          break;
        }
        if (row.sequence() > to) {
          return;
        }
        for (Change change : row.changes()) {
          if (missed.test(change.id(), row.sequence())) {
            tree.add(change.id(), change.leafDelta());
          }
        }
        sequence = row.sequence();
      }
      if (page.rows().isEmpty() || page.rows().get(0).sequence() > sequence + 1) {
        throw new TierUnavailableException(
            side.port().name(), "verify", "change rows are gone; verify it again", null);
      }
    }
  }

  /** The buckets whose sums are not the digests that a page has of all of them. */
  List<Integer> differing(DigestPage kept) {
    return tree.differing(kept.digests());
  }

  /**
   * Puts the sums, which are of all buckets, in the place of those that a side keeps.
   *
   * @return whether they are there now
   */
  boolean replaceKept() {
    for (int i = 0; i < MOST_TRIES; i++) {
      takeIn(side.head());
      if (side.replaceDigests(sequence, tree.buckets())) {
        return true;
      }
    }
    return false;
  }

  /**
   * What became of kept digests.
   *
   * @param differing the buckets that were not right, rising
   * @param right whether all are right now
   */
  record Settled(List<Integer> differing, boolean right) {}

  /**
   * Holds what a side keeps of buckets against their rows, and puts it right. Rows that somebody
   * changed behind the engine's back are not in the kept digests, nor is such a row's repair, which
   * adds the difference to what stood there.
   *
   * @param buckets where rows were repaired
   */
  static Settled settle(Side side, BitSet buckets) {
    long[] asOf = new long[IdHash.BUCKETS];
    Arrays.fill(asOf, Long.MAX_VALUE);
    BucketSums sums =
        new BucketSums(
            side, side.head(), (id, sequence) -> sequence > asOf[IdHash.bucket(IdHash.of(id))]);
    for (List<Integer> some : Portions.of(buckets.stream().boxed().toList(), Portions.BUCKETS)) {
      HeaderPage page = side.buckets(some);
      page.headers().forEach(sums::add);
      some.forEach(bucket -> asOf[bucket] = page.sequence());
    }
    List<Integer> differing = List.of();
    for (int i = 0; i < MOST_TRIES; i++) {
      DigestPage kept = side.bucketDigests();
      sums.takeIn(kept.sequence());
      DigestTree all = sums.tree.over(kept.digests(), buckets);
      List<Integer> now = all.differing(kept.digests());
      if (now.isEmpty()) {
        return new Settled(differing, true);
      }
      differing = now;
      if (side.replaceDigests(kept.sequence(), all.buckets())) {
        return new Settled(differing, true);
      }
    }
    return new Settled(differing, false);
  }
}
