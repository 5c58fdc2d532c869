// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.memory;

import io.syncengine.model.SyncItem;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

/**
 * An item's place in the tier; 32 bytes with compressed references.
 *
 * <p>Concurrency: {@link #item} is read by anyone and replaced by compare-and-set; it is null once
 * the node is dead, and stays so. {@link #hits} is counted by readers without any order: a lost
 * count costs nothing but a little precision. All else belongs to the policy's lock, except that
 * {@link #next} carries the stack of new nodes until the policy has taken them in.
 */
final class Node {
  /** In no queue: new, or unlinked. */
  static final byte NOWHERE = 0;

  /** In the queue of newcomers. */
  static final byte WINDOW = 1;

  /** In the queue of those who were admitted. */
  static final byte MAIN = 2;

  /** More reads than this between two looks of the policy are not told apart. */
  static final byte MAX_HITS = 3;

  private static final AtomicReferenceFieldUpdater<Node, SyncItem> ITEM =
      AtomicReferenceFieldUpdater.newUpdater(Node.class, SyncItem.class, "item");

  private volatile SyncItem item;
  Node previous;
  Node next;
  int weight;
  byte hits;
  byte place;

  Node(SyncItem item, int weight) {
    this.item = item;
    this.weight = weight;
  }

  /** The item, or null if the node is dead. */
  SyncItem item() {
    return item;
  }

  boolean replace(SyncItem old, SyncItem fresh) {
    return ITEM.compareAndSet(this, old, fresh);
  }

  /**
   * Ends the node's life.
   *
   * @return what it held, or null if it was dead
   */
  SyncItem die() {
    return ITEM.getAndSet(this, null);
  }

  /** Counts a read. Hot nodes stand at the limit and are not written to. */
  void touch() {
    byte seen = hits;
    if (seen < MAX_HITS) {
      hits = (byte) (seen + 1);
    }
  }
}
