// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import io.syncengine.spi.Digests;
import io.syncengine.spi.Header;
import io.syncengine.spi.IdHash;
import io.syncengine.spi.Leaf;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Digests as the definition has them, computed from what a tier holds.
 *
 * @since 0.1
 */
public final class Sums {
  private Sums() {}

  /**
   * The digests of all buckets, from the revisions in headers.
   *
   * @param headers headers of distinct ids, none of them damaged
   * @return the digests, one after the other
   */
  public static byte[] of(List<Header> headers) {
    byte[] sums = new byte[IdHash.BUCKETS * Leaf.BYTES];
    for (Header header : headers) {
      int at = IdHash.bucket(IdHash.of(header.id())) * Leaf.BYTES;
      Leaf.add(sums, at, Leaf.of(header.id(), Present.present(header.revision(), "revision")));
    }
    return sums;
  }

  /**
   * The digest of a node.
   *
   * @param sums the digests of all buckets, one after the other
   * @param level 0, the root, to {@value Digests#LEVELS}, the buckets
   * @param node which node of that level
   * @return the digest
   */
  public static byte[] node(byte[] sums, int level, int node) {
    int width = IdHash.BUCKETS / Digests.nodes(level);
    byte[] sum = new byte[Leaf.BYTES];
    for (int bucket = node * width; bucket < (node + 1) * width; bucket++) {
      Leaf.add(sum, Arrays.copyOfRange(sums, bucket * Leaf.BYTES, (bucket + 1) * Leaf.BYTES));
    }
    return sum;
  }

  /**
   * All nodes of a level.
   *
   * @param level 0 to {@value Digests#LEVELS}
   * @return their numbers, rising
   */
  public static List<Integer> all(int level) {
    return IntStream.range(0, Digests.nodes(level)).boxed().toList();
  }

  /**
   * Digests one after the other.
   *
   * @param digests the digests
   * @return their bytes
   */
  public static byte[] joined(List<byte[]> digests) {
    byte[] joined = new byte[digests.size() * Leaf.BYTES];
    for (int i = 0; i < digests.size(); i++) {
      System.arraycopy(digests.get(i), 0, joined, i * Leaf.BYTES, Leaf.BYTES);
    }
    return joined;
  }
}
