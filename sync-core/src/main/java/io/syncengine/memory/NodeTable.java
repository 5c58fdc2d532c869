// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.memory;

import org.jspecify.annotations.Nullable;

/**
 * The hash table of the tier, in segments. Reads take no lock.
 *
 * <p>Concurrency: each segment is guarded by its monitor; see {@link Segment} for what readers do.
 * Strings whose hash codes collide on purpose end in one chain; a chain has an end, and who comes
 * later is not taken in, so that nobody else pays.
 */
final class NodeTable {
  private static final int BITS = 6;

  private final Segment[] segments = new Segment[1 << BITS];
  private final int seed;

  NodeTable(int seed) {
    this.seed = seed;
    for (int i = 0; i < segments.length; i++) {
      segments[i] = new Segment();
    }
  }

  /** The hash of an id, as nodes carry it. */
  int hash(String id) {
    int h = (id.hashCode() ^ seed) * 0x9E37_79B9;
    return (h ^ (h >>> 16)) & ~3;
  }

  /** The node of an id, or null; it may have died. */
  @Nullable Node get(String id) {
    int hash = hash(id);
    return segment(hash).get(id, hash);
  }

  /**
   * Puts a node in, unless a living one of its id is there.
   *
   * @return the node, or the living one that is there, or null if there is no place for it
   */
  @Nullable Node add(Node node) {
    return segment(node.hash()).add(node);
  }

  /** Takes a dead node out. */
  void remove(Node node) {
    segment(node.hash()).remove(node);
  }

  long count() {
    long count = 0;
    for (Segment s : segments) {
      count += s.count();
    }
    return count;
  }

  private Segment segment(int hash) {
    return segments[hash >>> (32 - BITS)];
  }
}
