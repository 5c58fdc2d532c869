// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.filter;

import java.util.function.IntToLongFunction;

/**
 * Finds how to make room: a chain of full buckets, from each of which one fingerprint can go to the
 * next one, and the last of which has an empty slot. Breadth first, so the chain is short: it is
 * moved while readers look on.
 *
 * <p>Concurrency: the writer's alone.
 */
final class CuckooPath {
  /** Buckets looked at before the filter is called full; a chain has some six of them then. */
  private static final int MOST = 4096;

  private final int buckets;
  private final int[] bucket = new int[MOST];
  private final int[] parent = new int[MOST];
  private final byte[] slotInParent = new byte[MOST];
  private int found;

  CuckooPath(int buckets) {
    this.buckets = buckets;
  }

  /** The memory that the search takes. */
  static long bytes() {
    return MOST * 9L;
  }

  /**
   * Looks for a chain that begins in one of two full buckets.
   *
   * @param words the word of a bucket
   * @return a place in the chain, its end; below 0 if there is none
   */
  int find(int one, int two, IntToLongFunction words) {
    found = 0;
    reached(one, -1, 0);
    reached(two, -1, 0);
    for (int at = 0; at < found; at++) {
      long word = words.applyAsLong(bucket[at]);
      for (int slot = 0; slot < Fingerprints.SLOTS && found < MOST; slot++) {
        int next = Fingerprints.other(bucket[at], Fingerprints.get(word, slot), buckets);
        if (next != one && next != two && !leadsThrough(at, next)) {
          reached(next, at, slot);
          if (Fingerprints.in(words.applyAsLong(next), 0)) {
            return found - 1;
          }
        }
      }
    }
    return -1;
  }

  int bucket(int at) {
    return bucket[at];
  }

  /** The place before this one in the chain; below 0 at its beginning. */
  int parent(int at) {
    return parent[at];
  }

  /** The slot of the bucket before this one, whose fingerprint may go to this one. */
  int slotInParent(int at) {
    return slotInParent[at];
  }

  private void reached(int next, int from, int slot) {
    bucket[found] = next;
    parent[found] = from;
    slotInParent[found] = (byte) slot;
    found++;
  }

  /** A chain that came through a bucket twice could not be moved. */
  private boolean leadsThrough(int end, int wanted) {
    for (int at = end; at >= 0; at = parent[at]) {
      if (bucket[at] == wanted) {
        return true;
      }
    }
    return false;
  }
}
