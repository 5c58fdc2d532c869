// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import java.util.List;

/**
 * The capability of a ground truth that keeps the digests of its live items: a tree (Merkle, CRYPTO
 * 1987) of {@value #LEVELS} levels below the root, {@value #FANOUT} children a node. The nodes of
 * the lowest level are the {@value IdHash#BUCKETS} buckets by {@link IdHash#bucket}; a bucket's
 * digest is the sum of its {@link Leaf}s modulo 2^256, and every other node's the sum of its
 * children's. So the digest of any set is the same whatever the order, the batches and the writers
 * that made it.
 *
 * <p>Kept digests follow from change rows alone: what was changed behind the engine's back is not
 * in them. Safe from any thread; each call returns within the request time-out and throws {@link
 * io.syncengine.model.TierUnavailableException} if the tier cannot be asked.
 *
 * @since 0.1
 */
public interface Digests extends Headers {
  /** How many levels there are below the root, which is level 0. */
  int LEVELS = 4;

  /** How many children a node has. */
  int FANOUT = 16;

  /**
   * How many nodes a level has.
   *
   * @param level 0 to {@value #LEVELS}
   * @return the number: 1, 16, 256, 4096 or 65536
   */
  static int nodes(int level) {
    return 1 << (4 * level);
  }

  /**
   * The node that a bucket is below, or is.
   *
   * @param level 0 to {@value #LEVELS}
   * @param bucket the bucket
   * @return the node of that level
   */
  static int node(int level, int bucket) {
    return bucket >> (4 * (LEVELS - level));
  }

  /**
   * Reads digests. The root alone costs the same however many items there are.
   *
   * @param level 0, the root, to {@value #LEVELS}, the buckets
   * @param nodes which nodes of that level, rising, from 0, at least one
   * @return their digests as of one moment
   */
  DigestPage digests(int level, List<Integer> nodes);

  /**
   * Reads the headers of buckets, tombstones and damaged rows included.
   *
   * @param buckets which buckets, rising, at least one
   * @return all their headers, as of one moment
   */
  HeaderPage buckets(List<Integer> buckets);

  /**
   * Brings the kept digests nearer to the head of the change log, as far as one call can. Reading
   * digests does it too; who writes calls this now and then, so that a reader finds little to do.
   *
   * @return how many change rows are not taken in yet
   */
  long fold();

  /**
   * Puts digests that were computed anew in the place of those that are kept.
   *
   * @param sequence the change row up to which they were computed, 0 or more
   * @param buckets the digest of each bucket, one after the other, {@value IdHash#BUCKETS} times
   *     {@link Leaf#BYTES} bytes
   * @return false if nothing was done, since change rows behind that sequence are gone, or the head
   *     is below it, or digests were meanwhile put in place up to a later one: to be computed again
   */
  boolean replaceDigests(long sequence, byte[] buckets);
}
