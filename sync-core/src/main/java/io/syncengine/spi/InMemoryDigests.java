// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The digests of an {@link InMemoryTier}. All methods under the tier's view lock. */
final class InMemoryDigests {
  // Of the buckets that ever held something.
  private final NavigableMap<Integer, byte[]> sums = new TreeMap<>();
  private long replacedUpTo;

  void add(ChangeRow row) {
    for (Change change : row.changes()) {
      int bucket = IdHash.bucket(IdHash.of(change.id()));
      Leaf.add(sums.computeIfAbsent(bucket, b -> new byte[Leaf.BYTES]), change.leafDelta());
    }
  }

  List<byte[]> digests(int level, List<Integer> nodes) {
    int width = IdHash.BUCKETS / Digests.nodes(level);
    List<byte[]> digests = new ArrayList<>(nodes.size());
    for (int node : nodes) {
      byte[] sum = new byte[Leaf.BYTES];
      sums.subMap(node * width, (node + 1) * width).values().forEach(leaf -> Leaf.add(sum, leaf));
      digests.add(sum);
    }
    return digests;
  }

  boolean replace(long sequence, byte[] buckets, InMemoryChanges changes) {
    if (sequence < replacedUpTo || !changes.hasAllAbove(sequence)) {
      return false;
    }
    replacedUpTo = sequence;
    sums.clear();
    for (int bucket = 0; bucket < IdHash.BUCKETS; bucket++) {
      int at = bucket * Leaf.BYTES;
      sums.put(bucket, Arrays.copyOfRange(buckets, at, at + Leaf.BYTES));
    }
    changes.above(sequence).forEach(this::add);
    return true;
  }
}
