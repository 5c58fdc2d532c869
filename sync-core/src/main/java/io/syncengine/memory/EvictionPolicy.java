// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.memory;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides what leaves. Newcomers wait in a small window; who leaves it duels with the oldest
 * resident of the main queue for the room, by {@link Worth}, and on a tie the resident stays
 * (W-TinyLFU, Einziger et al. 2017, section 4). Two things are different here, so that a read only
 * has to count in the node:
 *
 * <ul>
 *   <li>The main queue is first in, first out with another round for those who were read since the
 *       last look (CLOCK), and reads go into the sketch at that look. A newcomer read at least
 *       {@value #PROVEN} times needs no duel (as in S3-FIFO; J. Yang et al., SOSP 2023).
 *   <li>The window follows ghosts, not the hit ratio: it grows when an id comes back that a window
 *       larger by a twentieth would have kept, and shrinks twice as fast when it is the main queue
 *       that would have kept it (the idea of ARC; N. Megiddo, D. Modha, FAST 2003; with a short
 *       memory, or a loop would open the window).
 * </ul>
 *
 * <p>Each step looks at no more than {@value #LOOKS} nodes. All methods are called with the tier's
 * lock held.
 */
final class EvictionPolicy {
  /** What the tier offers its policy. */
  interface Room {
    /** Whether the tier holds more than it may. */
    boolean exceeded();

    /** The bytes that the tier may hold. */
    long bytes();

    /** Lets a node go that the policy has unlinked. */
    void evict(Node node);
  }

  private static final int PROVEN = 2;
  private static final int LOOKS = 16;
  private static final int REACH = 20;

  /** A window of one node may be this part of the room; matters in rooms for a few items. */
  private static final int ONE_SMALL = 64;

  private static final double SMALLEST_WINDOW = 0.005;
  private static final double LARGEST_WINDOW = 0.8;

  private final NodeQueue window = new NodeQueue(Node.WINDOW);
  private final NodeQueue main = new NodeQueue(Node.MAIN);
  private final FrequencySketch sketch = new FrequencySketch();
  private final Ghosts ghosts = new Ghosts();
  private final Room room;
  private final RandomGenerator random;
  private double windowShare = SMALLEST_WINDOW;

  EvictionPolicy(Room room, RandomGenerator random) {
    this.room = room;
    this.random = random;
  }

  /** Takes a new node in. */
  void add(Node node) {
    int hash = node.hash();
    long items = count() + 1;
    sketch.ensureCapacity(items);
    ghosts.ensureCapacity(reach(items));
    sketch.add(hash, 1, items);
    steer(ghosts.take(hash, reach(items)), items);
    window.addLast(node);
  }

  /** Forgets a node that the tier has let go. */
  void remove(Node node) {
    if (node.place() != Node.NOWHERE) {
      queueOf(node).remove(node);
    }
  }

  /** A node now weighs something else. */
  void reweigh(Node node, int weight) {
    if (node.place() != Node.NOWHERE) {
      queueOf(node).reweighed(weight - node.weight());
    }
    node.weight(weight);
  }

  /** Moves one node out of a window that is too large; false if it is not. */
  boolean settle() {
    long bytes = window.bytes();
    boolean oneSmall = window.count() == 1 && bytes <= room.bytes() / ONE_SMALL;
    Node node = window.first();
    if (node == null || bytes <= windowShare * room.bytes() || oneSmall) {
      return false;
    }
    boolean proven = node.hits() >= PROVEN;
    fold(node);
    if (proven || !room.exceeded()) {
      window.remove(node);
      main.addLast(node);
    } else {
      duel(node);
    }
    return true;
  }

  /** Lets the least worthy node go; false if there is none. */
  boolean evict() {
    Node victim = victim();
    if (victim == null) {
      victim = window.first();
    }
    if (victim != null) {
      evict(victim);
    }
    return victim != null;
  }

  /** Any node, or null. */
  @Nullable Node any() {
    return main.first() == null ? window.first() : main.first();
  }

  private long count() {
    return window.count() + main.count();
  }

  /** The newcomer needs to win for each resident whose room it takes. */
  private void duel(Node newcomer) {
    Node resident = victim();
    evict(resident != null && wins(newcomer, resident) ? resident : newcomer);
  }

  private boolean wins(Node newcomer, Node resident) {
    int frequency = sketch.frequency(newcomer.hash());
    if (Worth.of(frequency, newcomer.weight()) > worth(resident)) {
      return true;
    }
    // Ids chosen to collide in the sketch could make a resident unbeatable; Caffeine's remedy.
    return frequency > FrequencySketch.MAX / 3 && (random.nextInt() & 127) == 0;
  }

  /**
   * The oldest resident not read for a round, else the least worthy seen; null if none is there.
   */
  private @Nullable Node victim() {
    Node least = null;
    double worthOfLeast = 0;
    for (int i = 0; i < LOOKS && main.first() != null; i++) {
      Node node = main.first();
      if (node.hits() == 0) {
        return node;
      }
      fold(node);
      main.moveToLast(node);
      double worth = worth(node);
      if (least == null || worth < worthOfLeast) {
        least = node;
        worthOfLeast = worth;
      }
    }
    return least;
  }

  private void evict(Node node) {
    ghosts.add(node.hash(), node.place());
    queueOf(node).remove(node);
    room.evict(node);
  }

  private void fold(Node node) {
    if (node.hits() > 0) {
      sketch.add(node.hash(), node.hits(), count());
      node.forgetHits();
    }
  }

  private void steer(byte missed, long items) {
    if (missed == Node.WINDOW) {
      windowShare = Math.min(LARGEST_WINDOW, windowShare + 1.0 / items);
    } else if (missed == Node.MAIN) {
      windowShare = Math.max(SMALLEST_WINDOW, windowShare - 2.0 / items);
    }
  }

  private double worth(Node node) {
    return Worth.of(sketch.frequency(node.hash()), node.weight());
  }

  private NodeQueue queueOf(Node node) {
    return node.place() == Node.WINDOW ? window : main;
  }

  private static long reach(long items) {
    return Math.max(1, items / REACH);
  }
}
