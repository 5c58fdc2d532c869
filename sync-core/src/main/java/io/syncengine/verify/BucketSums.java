// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.verify;

import io.syncengine.merkle.DigestTree;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.Change;
import io.syncengine.spi.ChangePage;
import io.syncengine.spi.ChangeRow;
import io.syncengine.spi.DigestPage;
import io.syncengine.spi.Digests;
import io.syncengine.spi.Header;
import io.syncengine.spi.HeaderPage;
import io.syncengine.spi.IdHash;
import io.syncengine.spi.Leaf;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.BiPredicate;

/**
 * The digests of buckets as the rows of a side have them, summed from headers that were read as of
 * different change rows, and brought to one. For one thread.
 */
final class BucketSums {
  private static final int BUCKETS_AT_ONCE = 256;
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

  /** Adds a row by what its revision says; by its stored leaf if that cannot be read. */
  void add(Header header) {
    tree.add(
        header.id(),
        header.revision() == null ? header.leaf() : Leaf.of(header.id(), header.revision()));
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
   * Holds what a side keeps of buckets against their rows, and puts it right. Rows that somebody
   * changed behind the engine's back are not in the kept digests, nor is such a row's repair, which
   * adds the difference to what stood there.
   *
   * @param buckets where rows were repaired
   * @return whether they are right now
   */
  static boolean settle(Side side, BitSet buckets) {
    long[] asOf = new long[IdHash.BUCKETS];
    BucketSums sums =
        new BucketSums(
            side, side.head(), (id, sequence) -> sequence > asOf[IdHash.bucket(IdHash.of(id))]);
    // Of the others, what is kept is taken as it is.
    Arrays.fill(asOf, Long.MAX_VALUE);
    for (List<Integer> some : Portions.of(buckets.stream().boxed().toList(), BUCKETS_AT_ONCE)) {
      HeaderPage page = side.buckets(some);
      page.headers().forEach(sums::add);
      some.forEach(bucket -> asOf[bucket] = page.sequence());
    }
    DigestPage kept = side.bucketDigests();
    sums.takeIn(kept.sequence());
    for (int bucket = 0; bucket < IdHash.BUCKETS; bucket++) {
      if (!buckets.get(bucket)) {
        sums.tree.add(bucket, kept.digests().get(bucket));
        asOf[bucket] = kept.sequence();
      }
    }
    return sums.differing(kept).isEmpty() || sums.replaceKept();
  }

  private boolean replaceKept() {
    for (int i = 0; i < MOST_TRIES; i++) {
      takeIn(side.head());
      long upTo = sequence;
      if (side.port().use(Digests.class, "replace", d -> d.replaceDigests(upTo, tree.buckets()))) {
        return true;
      }
    }
    return false;
  }
}
