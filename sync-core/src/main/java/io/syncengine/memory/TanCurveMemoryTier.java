// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.memory;

import io.syncengine.model.SyncItem;
import io.syncengine.spi.MemoryTier;
import io.syncengine.spi.MemoryTierConfig;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The memory tier of the core. Which items stay is for {@link EvictionPolicy} to say, how much room
 * they have is for whoever calls {@link #resize}, by {@link TanCurve}.
 *
 * <p>Concurrency: {@link #nodes} is the truth about what is held. A read is one look-up and at most
 * one write of a byte. Nodes die, change weight, and move in the policy's queues only under {@link
 * #lock}; an item of the same size is replaced without it. A put of a new id pushes its node on
 * {@link #fresh} and takes the lock only if that is free; else the holder, who looks again after
 * unlocking, takes the node in. If the bytes exceed the room by more than the {@linkplain #slack()
 * slack}, a put waits for the lock: with w threads in put, the tier holds at most room, slack and w
 * items, and with none, at most the room. There is no other lock and no thread.
 */
final class TanCurveMemoryTier implements MemoryTier {
  /** Evictions in a row, before another thread gets its turn. */
  private static final int BATCH = 256;

  private static final long MAX_SLACK = 1 << 20;

  private final NodeTable nodes;
  private final AtomicReference<@Nullable Node> fresh = new AtomicReference<>();
  private final AtomicLong held = new AtomicLong();
  private final ReentrantLock lock = new ReentrantLock();
  private final EvictionPolicy policy;
  private volatile long room;
  private final AtomicLong evictions = new AtomicLong();

  TanCurveMemoryTier(MemoryTierConfig config) {
    this.room = atLeastZero(config.maxBytes());
    RandomGenerator random = config.random();
    this.nodes = new NodeTable(random.nextInt());
    this.policy = new EvictionPolicy(new PolicyRoom(), random);
  }

  @Override
  public @Nullable SyncItem get(String id) {
    Node node = nodes.get(id);
    if (node == null) {
      return null;
    }
    node.touch();
    return node.item();
  }

  @Override
  public @Nullable SyncItem peek(String id) {
    Node node = nodes.get(id);
    return node == null ? null : node.item();
  }

  @Override
  public void put(SyncItem item) {
    if (item.version() == 0) {
      throw new IllegalArgumentException("the item has no version; it was not accepted yet");
    }
    long weight = Footprint.of(item);
    if (weight > Math.min(room, Node.MAX_WEIGHT)) {
      invalidate(item.id());
      return;
    }
    while (!replace(item, (int) weight) && !insert(item, (int) weight)) {
      // An eviction came between the two; there is nothing to replace any more.
      Thread.onSpinWait();
    }
  }

  /** Puts the item in the place of a living node of its id; false if there is none. */
  private boolean replace(SyncItem item, int weight) {
    Node node = nodes.get(item.id());
    if (node == null) {
      return false;
    }
    SyncItem old = node.item();
    if (old == null) {
      return false;
    }
    if (!Footprint.same(old, item)) {
      return replaceUnderLock(node, item, weight);
    }
    node.touch();
    return node.replace(old, item);
  }

  private boolean replaceUnderLock(Node node, SyncItem item, int weight) {
    lock.lock();
    try {
      admit();
      SyncItem old = node.item();
      if (old == null || !node.replace(old, item)) {
        return false;
      }
      node.touch();
      held.addAndGet(weight - node.weight());
      policy.reweigh(node, weight);
      settle(weight);
    } finally {
      lock.unlock();
    }
    takeTurns();
    return true;
  }

  /** Puts the item in a new node, or declines; false if a living node of its id is there. */
  private boolean insert(SyncItem item, int weight) {
    Node node = new Node(item, nodes.hash(item.id()), weight);
    Node there = nodes.add(node);
    if (there != node) {
      return there == null;
    }
    held.addAndGet(weight);
    Node head;
    do {
      head = fresh.get();
      node.next = head;
    } while (!fresh.compareAndSet(head, node));
    takeTurns();
    return true;
  }

  @Override
  public void invalidate(String id) {
    Node node = nodes.get(id);
    if (node == null) {
      return;
    }
    lock.lock();
    try {
      admit();
      if (letGo(node)) {
        policy.remove(node);
      }
    } finally {
      lock.unlock();
    }
    takeTurns();
  }

  @Override
  public void clear() {
    lock.lock();
    try {
      admit();
      for (Node node = policy.any(); node != null; node = policy.any()) {
        letGo(node);
        policy.remove(node);
      }
    } finally {
      lock.unlock();
    }
    takeTurns();
  }

  @Override
  public void resize(long bytes) {
    room = atLeastZero(bytes);
    boolean more = held.get() > bytes;
    while (more) {
      lock.lock();
      try {
        admit();
        // Before any duel: a smaller room is no reason to prefer residents to newcomers.
        more = shrink() || settle(0);
      } finally {
        lock.unlock();
      }
    }
    takeTurns();
  }

  @Override
  public long count() {
    return nodes.count();
  }

  @Override
  public long bytes() {
    return held.get();
  }

  @Override
  public long evictions() {
    return evictions.get();
  }

  /**
   * By how much writers that run at the same time may exceed the room: 1/64 of it, at most 1 MiB.
   */
  private long slack() {
    return Math.min(room >> 6, MAX_SLACK);
  }

  /** Does the policy's work, if there is any and nobody else does it. */
  private void takeTurns() {
    while (fresh.get() != null) {
      if (held.get() > room + slack()) {
        lock.lock();
      } else if (!lock.tryLock()) {
        return;
      }
      try {
        settle(admit());
      } finally {
        lock.unlock();
      }
    }
  }

  /** Hands new nodes to the policy, oldest first; the bytes of those. Called under the lock. */
  private long admit() {
    Node oldest = null;
    for (Node node = fresh.getAndSet(null); node != null; ) {
      Node older = node.next;
      node.next = oldest;
      oldest = node;
      node = older;
    }
    long bytes = 0;
    for (Node node = oldest; node != null; ) {
      Node newer = node.next;
      node.next = null;
      if (node.item() != null) {
        policy.add(node);
        bytes += node.weight();
      }
      node = newer;
    }
    return bytes;
  }

  /**
   * Evicts until the rest fits, or a batch is done and at least twice the bytes are free that came
   * in. Called under the lock.
   *
   * @return whether there is more to do
   */
  private boolean settle(long bytesIn) {
    long start = held.get();
    for (int i = 0; i < BATCH || held.get() > start - 2 * bytesIn; i++) {
      if (!policy.settle() && !(held.get() > room && policy.evict())) {
        return false;
      }
    }
    return true;
  }

  /** Evicts a batch, if there is too much. Called under the lock; returns whether there is more. */
  private boolean shrink() {
    for (int i = 0; i < BATCH; i++) {
      if (held.get() <= room || !policy.evict()) {
        return false;
      }
    }
    return true;
  }

  /** Called under the lock; false if the node was dead. */
  private boolean letGo(Node node) {
    if (!node.die()) {
      return false;
    }
    nodes.remove(node);
    held.addAndGet(-node.weight());
    return true;
  }

  private static long atLeastZero(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("bytes is " + bytes + "; it must be 0 or more");
    }
    return bytes;
  }

  /** Called by the policy, under the lock. */
  private final class PolicyRoom implements EvictionPolicy.Room {
    @Override
    public boolean exceeded() {
      return held.get() > room;
    }

    @Override
    public long bytes() {
      return room;
    }

    @Override
    public void evict(Node node) {
      letGo(node);
      evictions.incrementAndGet();
    }
  }
}
