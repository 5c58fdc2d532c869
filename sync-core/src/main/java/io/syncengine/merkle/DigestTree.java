// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.merkle;

import io.syncengine.spi.Digests;
import io.syncengine.spi.IdHash;
import io.syncengine.spi.Leaf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * The digests of a set of items, computed from them; the shape is that of {@link Digests}. Not
 * thread-safe; takes 2 MiB.
 */
public final class DigestTree {
  private final byte[] buckets;

  /** Makes the tree of the empty set. */
  public DigestTree() {
    this.buckets = new byte[IdHash.BUCKETS * Leaf.BYTES];
  }

  /** Adds a leaf, or a difference of leaves, of an id. */
  public void add(String id, byte[] leaf) {
    Leaf.add(buckets, IdHash.bucket(IdHash.of(id)) * Leaf.BYTES, leaf);
  }

  /**
   * The digests of some buckets, laid over those of all.
   *
   * @param digests the digest of each bucket, in order
   * @param own which are those of this tree
   * @return a new tree
   */
  public DigestTree over(List<byte[]> digests, BitSet own) {
    DigestTree all = new DigestTree();
    for (int bucket = 0; bucket < IdHash.BUCKETS; bucket++) {
      int at = bucket * Leaf.BYTES;
      byte[] from = own.get(bucket) ? buckets : digests.get(bucket);
      System.arraycopy(from, own.get(bucket) ? at : 0, all.buckets, at, Leaf.BYTES);
    }
    return all;
  }

  /** All buckets, one after the other; a copy. */
  public byte[] buckets() {
    return buckets.clone();
  }

  /**
   * The buckets that have another digest than those given.
   *
   * @param digests the digest of each bucket, in order
   * @return their numbers, rising
   */
  public List<Integer> differing(List<byte[]> digests) {
    List<Integer> differing = new ArrayList<>();
    for (int bucket = 0; bucket < IdHash.BUCKETS; bucket++) {
      int at = bucket * Leaf.BYTES;
      byte[] other = digests.get(bucket);
      if (!Arrays.equals(buckets, at, at + Leaf.BYTES, other, 0, Leaf.BYTES)) {
        differing.add(bucket);
      }
    }
    return differing;
  }
}
