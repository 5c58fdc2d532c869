// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.memory;

import org.jspecify.annotations.Nullable;

/** A queue of nodes, linked through them, that knows its bytes. Guarded by the policy's lock. */
final class NodeQueue {
  private final byte place;
  private @Nullable Node head;
  private @Nullable Node tail;
  private long bytes;
  private long count;

  NodeQueue(byte place) {
    this.place = place;
  }

  /** The oldest node; null if there is none. */
  @Nullable Node first() {
    return head;
  }

  long bytes() {
    return bytes;
  }

  long count() {
    return count;
  }

  void addLast(Node node) {
    node.place(place);
    node.previous = tail;
    node.next = null;
    if (tail == null) {
      head = node;
    } else {
      tail.next = node;
    }
    tail = node;
    bytes += node.weight();
    count++;
  }

  void remove(Node node) {
    if (node.previous == null) {
      head = node.next;
    } else {
      node.previous.next = node.next;
    }
    if (node.next == null) {
      tail = node.previous;
    } else {
      node.next.previous = node.previous;
    }
    node.previous = null;
    node.next = null;
    node.place(Node.NOWHERE);
    bytes -= node.weight();
    count--;
  }

  void moveToLast(Node node) {
    if (node != tail) {
      remove(node);
      addLast(node);
    }
  }

  /** A node of this queue has grown or shrunk. */
  void reweighed(long delta) {
    bytes += delta;
  }
}
