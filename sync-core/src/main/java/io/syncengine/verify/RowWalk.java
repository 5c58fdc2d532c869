// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.verify;

import io.syncengine.change.HeaderWalk;
import io.syncengine.merkle.DigestTree;
import io.syncengine.model.TierUnavailableException;
import io.syncengine.spi.Change;
import io.syncengine.spi.ChangePage;
import io.syncengine.spi.ChangeRow;
import io.syncengine.spi.DigestPage;
import io.syncengine.spi.Digests;
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
 * against its revision, and, over everything, the sum of the leaves against the kept digests, as of
 * one place in the change log. Writes may go on meanwhile. For one thread.
 */
final class RowWalk {
  private static final int CONTENTS = 64;
  private static final int MOST_TRIES = 20;

  private final Side side;
  private final DigestTree tree = new DigestTree();
  private final Map<String, Damage> damaged = new LinkedHashMap<>();
  private @Nullable HeaderWalk whole;
  private long sequence;
  private List<Integer> differing = List.of();

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

  /** Reads all rows, and the digests that are kept of them. */
  void readAll() {
    if (!side.keepsDigests()) {
      read(IdRange.ALL);
      return;
    }
    sequence = side.head();
    whole = walk(IdRange.ALL, header -> tree.add(header.id(), header.leaf()));
    // What is kept is as of some moment after the last page; what came up to then is taken in.
    DigestPage kept = side.bucketDigests();
    takeIn(kept.sequence());
    differing = tree.differing(kept.digests());
  }

  /** Reads the rows of a range, of which no digests are kept. */
  void read(IdRange range) {
    walk(range, header -> {});
  }

  private HeaderWalk walk(IdRange range, Consumer<Header> each) {
    HeaderWalk walk = side.walk(range);
    for (List<Header> page = side.next(walk); page != null; page = side.next(walk)) {
      page.forEach(each);
      check(page);
    }
    return walk;
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
    for (Map<String, Header> some : Portions.of(readable, CONTENTS)) {
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

  /** Takes in what was changed since, so that the digests are those of the rows as of a row. */
  private void takeIn(long to) {
    HeaderWalk walk = whole;
    if (walk == null) {
      return;
    }
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
          if (walk.missed(change.id(), row.sequence())) {
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

  /** Puts the digests of the rows in the place of those that are kept; returns whether it did. */
  boolean replaceKept() {
    for (int i = 0; i < MOST_TRIES && whole != null; i++) {
      takeIn(side.head());
      long upTo = sequence;
      if (side.port().use(Digests.class, "replace", d -> d.replaceDigests(upTo, tree.buckets()))) {
        return true;
      }
    }
    return false;
  }
}
