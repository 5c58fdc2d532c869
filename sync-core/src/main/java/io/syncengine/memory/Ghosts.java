// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.memory;

/**
 * The ids that were evicted last, as fingerprints, and from which queue. It answers one question:
 * would a slightly larger queue have kept this id? A word an id: fingerprint, queue, and the number
 * of the eviction in that queue. A younger ghost takes an older one's place. Guarded by the
 * policy's lock.
 */
final class Ghosts {
  private static final int SMALLEST = 16;

  private long[] table = new long[SMALLEST];
  private int windowEvictions = 1;
  private int mainEvictions = 1;

  void ensureCapacity(long reach) {
    while (table.length < 2 * reach && table.length < 1 << 28) {
      // What is lost by the move is a few ghosts, each of which only nudges the window.
      table = new long[2 * table.length];
    }
  }

  void add(int hash, byte place) {
    int number = place == Node.WINDOW ? ++windowEvictions : ++mainEvictions;
    table[index(hash)] = fingerprint(hash, place) | (number & 0xFFFF_FFFFL);
  }

  /**
   * Takes an id out that came back.
   *
   * @return the queue that would have kept it, had it been larger by {@code reach} items, or {@link
   *     Node#NOWHERE}
   */
  byte take(int hash, long reach) {
    long word = table[index(hash)];
    byte place = (word & (1L << 32)) == 0 ? Node.WINDOW : Node.MAIN;
    if ((word & 0xFFFF_FFFF_0000_0000L) != fingerprint(hash, place) || word == 0) {
      return Node.NOWHERE;
    }
    table[index(hash)] = 0;
    int age = (place == Node.WINDOW ? windowEvictions : mainEvictions) - (int) word;
    return age < reach ? place : Node.NOWHERE;
  }

  private int index(int hash) {
    return (hash * 0x9E37_79B9) >>> Integer.numberOfLeadingZeros(table.length - 1);
  }

  private static long fingerprint(int hash, byte place) {
    return (((long) hash << 1) | (place == Node.WINDOW ? 0 : 1)) << 32;
  }
}
