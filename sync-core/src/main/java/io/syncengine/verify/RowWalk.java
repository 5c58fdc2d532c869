// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.verify;

import io.syncengine.change.HeaderWalk;
import io.syncengine.model.CorruptDataException;
import io.syncengine.spi.DigestPage;
import io.syncengine.spi.Entry;
import io.syncengine.spi.Header;
import io.syncengine.spi.IdRange;
import io.syncengine.spi.Leaf;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads every row of a side and holds it against itself: its content against its hash, its leaf
 * against its revision, and, over everything, the sums of the leaves against the kept digests, as
 * of one place in the change log. Writes may go on meanwhile. For one thread.
 */
final class RowWalk {
  private final Side side;
  private final Map<String, Damage> damaged = new LinkedHashMap<>();
  private List<Integer> differing = List.of();
  private @Nullable BucketSums sums;
  private @Nullable CorruptDataException unreadable;

  /**
   * What is wrong with a row.
   *
   * @param header as it stands there
   * @param contentIntact whether the content is what the revision says, so that only the leaf is
   *     wrong
   */
  record Damage(Header header, boolean contentIntact) {}

  RowWalk(Side side) {
    this.side = side;
  }

  /** The rows that are not what they should be. */
  Map<String, Damage> damaged() {
    return damaged;
  }

  /** The buckets whose kept digests are not those of the rows; known after {@link #readAll}. */
  List<Integer> differing() {
    return differing;
  }

  /** Why the kept digests cannot be read; null if they could. */
  @Nullable CorruptDataException unreadable() {
    return unreadable;
  }

  /** Puts the digests of all rows in the place of the kept ones; returns whether it did. */
  boolean replaceKept() {
    return sums != null && sums.replaceKept();
  }

  /** Reads all rows, and the digests that are kept of them. */
  void readAll() {
    if (!side.keepsDigests()) {
      read(IdRange.ALL);
      return;
    }
    HeaderWalk walk = side.walk(IdRange.ALL);
    BucketSums all = new BucketSums(side, side.head(), walk::missed);
    sums = all;
    read(walk, all::add);
    try {
      // What is kept is as of some moment after the last page; what came up to then is taken in.
      DigestPage kept = side.bucketDigests();
      all.takeIn(kept.sequence());
      differing = all.differing(kept);
    } catch (CorruptDataException e) {
      unreadable = e;
    }
  }

  /** Reads the rows of a range, of which no digests are kept. */
  void read(IdRange range) {
    read(side.walk(range), header -> {});
  }

  private void read(HeaderWalk walk, Consumer<Header> each) {
    for (List<Header> page = side.next(walk); page != null; page = side.next(walk)) {
      page.forEach(each);
      check(page);
    }
  }

  private void check(List<Header> page) {
    Map<String, Header> readable = new LinkedHashMap<>();
    for (Header header : page) {
      if (header.revision() == null) {
        damaged.put(header.id(), new Damage(header, false));
      } else if (header.live()) {
        readable.put(header.id(), header);
      } else if (!hasOwnLeaf(header)) {
        damaged.put(header.id(), new Damage(header, true));
      }
    }
    for (Map<String, Header> some : Portions.of(readable, Portions.CONTENTS)) {
      Side.Loaded loaded = side.load(List.copyOf(some.keySet()));
      some.forEach(
          (id, header) -> check(header, loaded.found().get(id), loaded.damaged().contains(id)));
    }
  }

  private void check(Header header, @Nullable Entry entry, boolean unreadable) {
    boolean intact = !unreadable && (entry == null || entry.isIntact());
    if (!intact || !hasOwnLeaf(header)) {
      damaged.put(header.id(), new Damage(header, intact));
    }
  }

  private static boolean hasOwnLeaf(Header header) {
    return header.revision() != null
        && Arrays.equals(header.leaf(), Leaf.of(header.id(), header.revision()));
  }
}
