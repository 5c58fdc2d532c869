// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.memory;

import io.syncengine.model.SyncItem;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * An item's place in the tier: entry of the hash table and link of the policy's queues in one
 * object of 40 bytes (with compressed references), so that a read has one object less to wait for.
 *
 * <p>Concurrency: {@link #item} is read by anyone and replaced by compare-and-set; it is null once
 * the node is dead, and stays so. The hits in {@link #hashAndHits} are counted by readers without
 * any order: a lost count costs nothing but a little precision, and the hash beside them never
 * changes. {@link #key} is replaced by an equal string only. {@link #chained} belongs to the lock
 * of the table's segment, all else to the policy's lock, except that {@link #next} carries the
 * stack of new nodes until the policy has taken them in.
 */
final class Node {
  /** In no queue: new, or unlinked. */
  static final byte NOWHERE = 0;

  /** In the queue of newcomers. */
  static final byte WINDOW = 1;

  /** In the queue of those who were admitted. */
  static final byte MAIN = 2;

  /** More reads than this between two looks of the policy are not told apart. */
  static final int MAX_HITS = 3;

  /** The most that a node can weigh. */
  static final int MAX_WEIGHT = (1 << 30) - 1;

  private static final int LOW_BITS = 3;
  private static final AtomicReferenceFieldUpdater<Node, SyncItem> ITEM =
      AtomicReferenceFieldUpdater.newUpdater(Node.class, SyncItem.class, "item");

  // A JVM lays out ints first and then references, in this order: what a read needs is adjacent.
  private int weightAndPlace;
  private int hashAndHits;
  private String key;
  private volatile @Nullable SyncItem item;
  volatile @Nullable Node chained;
  @Nullable Node previous;
  @Nullable Node next;

  Node(SyncItem item, int hash, int weight) {
    this.item = item;
    this.key = item.id();
    this.hashAndHits = hash & ~LOW_BITS;
    this.weightAndPlace = weight << 2;
  }

  /** Whether this is the node of an id; both hashes without their two lowest bits. */
  boolean isOf(String id, int hash) {
    return (hashAndHits & ~LOW_BITS) == hash && key.equals(id);
  }

  /** Whether this is a node of the same id. */
  boolean isOfSameId(Node other) {
    return isOf(other.key, other.hash());
  }

  /** The hash of the id; the two lowest bits are zero. */
  int hash() {
    return hashAndHits & ~LOW_BITS;
  }

  /** The item, or null if the node is dead. */
  @Nullable SyncItem item() {
    return item;
  }

  /** Replaces a living node's item by one of the same id. */
  boolean replace(SyncItem old, SyncItem fresh) {
    if (!ITEM.compareAndSet(this, old, fresh)) {
      return false;
    }
    // Else the first item's id would be kept beside the last one's.
    key = fresh.id();
    return true;
  }

  /** Ends the node's life; false if it was dead. */
  boolean die() {
    return ITEM.getAndSet(this, null) != null;
  }

  /** Counts a read. Hot nodes stand at the limit and are not written to. */
  void touch() {
    int seen = hashAndHits;
    if ((seen & LOW_BITS) < MAX_HITS) {
      hashAndHits = seen + 1;
    }
  }

  int hits() {
    return hashAndHits & LOW_BITS;
  }

  void forgetHits() {
    hashAndHits = hash();
  }

  int weight() {
    return weightAndPlace >>> 2;
  }

  void weight(int weight) {
    weightAndPlace = (weight << 2) | place();
  }

  byte place() {
    return (byte) (weightAndPlace & LOW_BITS);
  }

  void place(byte place) {
    weightAndPlace = (weightAndPlace & ~LOW_BITS) | place;
  }
}
