// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.merkle;

import io.syncengine.spi.Digests;
import io.syncengine.spi.IdHash;
import io.syncengine.spi.Leaf;
import java.util.ArrayList;
import java.util.Arrays;
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
    add(IdHash.bucket(IdHash.of(id)), leaf);
  }

  /** Adds a digest to that of a bucket. */
  public void add(int bucket, byte[] digest) {
    Leaf.add(buckets, bucket * Leaf.BYTES, digest);
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
