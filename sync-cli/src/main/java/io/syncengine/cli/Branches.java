// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import io.syncengine.model.ItemId;
import io.syncengine.model.Revision;
import io.syncengine.model.SyncItem;
import io.syncengine.spi.Leaf;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;

/**
 * Counts and digests of dotted subtrees, down to a depth below a root. An id that others go on from
 * ({@code a.b} beside {@code a.b.c}) is an item of its branch. Memory is for branches, not for
 * items. For one thread.
 */
final class Branches {
  private final int from; // where segments begin in an id
  private final int depth;
  private final Branch root;

  /**
   * Makes a tree of nothing.
   *
   * @param prefix the root, as in {@code scan}
   * @param depth how many segments below it have branches of their own
   */
  Branches(String prefix, int depth) {
    this.from = prefix.isEmpty() || prefix.endsWith(".") ? prefix.length() : prefix.length() + 1;
    this.depth = depth;
    this.root = new Branch(prefix, prefix);
  }

  /** One branch, or one item. */
  static final class Branch {
    /** Its id or subtree, whole. */
    final String path;

    /** Its last segment. */
    final String name;

    /** How many items it holds, its own included. */
    long items;

    /** How many ids of it differ. */
    long differences;

    /** Whether there is an item of just this id. */
    boolean item;

    private final byte[] digest = new byte[Leaf.BYTES];
    private final SortedMap<String, Branch> below = new TreeMap<>(ItemId.BYTE_ORDER);

    private Branch(String path, String name) {
      this.path = path;
      this.name = name;
    }

    /** The sum of the leaves of its items. */
    byte[] digest() {
      return digest.clone();
    }

    /** Whether it holds items other than that of its own id. */
    boolean holdsOthers() {
      return items > (item ? 1 : 0) || !below.isEmpty();
    }
  }

  /** Takes an item of the root's subtree in. */
  void add(SyncItem item) {
    String id = item.id();
    byte[] leaf = Leaf.of(id, Revision.ofValue(item.version(), item.contentHash()));
    Branch last =
        along(
            id,
            branch -> {
              branch.items++;
              Leaf.add(branch.digest, leaf);
            });
    last.item |= last.path.equals(id);
  }

  /** Takes in that an id differs; it may be one that the ground truth lacks. */
  void differs(String id) {
    along(id, branch -> branch.differences++);
  }

  private Branch along(String id, Consumer<Branch> visitor) {
    Branch at = root;
    visitor.accept(at);
    int start = from;
    for (int i = 0; i < depth && start <= id.length(); i++) {
      int dot = id.indexOf('.', start);
      int end = dot < 0 ? id.length() : dot;
      String name = id.substring(start, end);
      String path = id.substring(0, end);
      at = at.below.computeIfAbsent(name, n -> new Branch(path, n));
      visitor.accept(at);
      start = end + 1;
    }
    return at;
  }

  /** The root. */
  Branch root() {
    return root;
  }

  /** Visits every branch and its depth, each before those below it, sorted by bytes. */
  void walk(ObjIntConsumer<Branch> visitor) {
    walk(root, 0, visitor);
  }

  private static void walk(Branch branch, int depth, ObjIntConsumer<Branch> visitor) {
    visitor.accept(branch, depth);
    branch.below.values().forEach(child -> walk(child, depth + 1, visitor));
  }
}
