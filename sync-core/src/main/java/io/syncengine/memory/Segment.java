// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A part of the hash table: chains of nodes.
 *
 * <p>Concurrency: all changes are made under the monitor. A node is put at the head of its chain
 * with its own link set before; a node taken out keeps its link, so that a reader who stands on it
 * goes on. What growing relinks may lead a reader into another chain, where it may miss a node that
 * is there, but never run in circles, for a moved node leads to nodes that moved before it. So a
 * reader who finds nothing has to see that no growing came between: {@link #moving} is false after
 * its walk, and the array is still the one it started from.
 */
final class Segment {
  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Node[].class);
  private static final int LONGEST_CHAIN = 32;

  private volatile Node[] slots = new Node[16];
  private volatile boolean moving;
  private volatile int count;

  @Nullable Node get(String id, int hash) {
    while (true) {
      Node[] seen = slots;
      Node node = find(seen, id, hash);
      if (node != null) {
        return node;
      }
      if (moving) {
        return getUnderLock(id, hash);
      }
      if (seen == slots) {
        return null;
      }
    }
  }

  private synchronized @Nullable Node getUnderLock(String id, int hash) {
    return find(slots, id, hash);
  }

  synchronized @Nullable Node add(Node node) {
    int length = 0;
    for (Node n = first(slots, node.hash()); n != null; n = n.chained) {
      if (n.isOfSameId(node)) {
        if (n.item() != null) {
          return n;
        }
        remove(n);
      }
      length++;
    }
    if (length >= LONGEST_CHAIN) {
      return null;
    }
    if (count + 1 > slots.length - (slots.length >> 2)) {
      grow();
    }
    link(slots, node);
    count++;
    return node;
  }

  synchronized void remove(Node node) {
    Node before = null;
    for (Node n = first(slots, node.hash()); n != node; n = n.chained) {
      if (n == null) {
        return;
      }
      before = n;
    }
    if (before == null) {
      SLOT.setRelease(slots, index(slots, node.hash()), node.chained);
    } else {
      before.chained = node.chained;
    }
    count--;
  }

  int count() {
    return count;
  }

  private void grow() {
    Node[] old = slots;
    Node[] larger = new Node[2 * old.length];
    moving = true;
    for (Node head : old) {
      for (Node node = head; node != null; ) {
        Node following = node.chained;
        link(larger, node);
        node = following;
      }
    }
    slots = larger;
    moving = false;
  }

  private static @Nullable Node find(Node[] slots, String id, int hash) {
    Node node = first(slots, hash);
    while (node != null && !node.isOf(id, hash)) {
      node = node.chained;
    }
    return node;
  }

  private static void link(Node[] slots, Node node) {
    int index = index(slots, node.hash());
    node.chained = slots[index];
    SLOT.setRelease(slots, index, node);
  }

  private static @Nullable Node first(Node[] slots, int hash) {
    return (Node) SLOT.getAcquire(slots, index(slots, hash));
  }

  private static int index(Node[] slots, int hash) {
    return (hash >>> 2) & (slots.length - 1);
  }
}
