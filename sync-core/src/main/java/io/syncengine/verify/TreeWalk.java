// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.verify;

import io.syncengine.spi.DigestPage;
import io.syncengine.spi.Digests;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds the buckets in which two sides differ, by one request a level to each, as anti-entropy by
 * Merkle trees does (DeCandia and others, Dynamo, SOSP 2007): only below nodes that differ. A write
 * between two requests costs a look too many, never one too few: digests that are sums are equal by
 * chance alone.
 */
final class TreeWalk {
  // The root has 16 children, which cost as much to ask for as their 256 together.
  private static final int FIRST_LEVEL = 2;

  private TreeWalk() {}

  /** The buckets that differ, rising. */
  static List<Integer> differing(Side here, Side there) {
    if (differing(here, there, 0, List.of(0)).isEmpty()) {
      return List.of();
    }
    List<Integer> nodes = range(0, 1 << (4 * FIRST_LEVEL));
    for (int level = FIRST_LEVEL; level < Digests.LEVELS; level++) {
      nodes = children(differing(here, there, level, nodes));
      if (nodes.isEmpty()) {
        return nodes;
      }
    }
    return differing(here, there, Digests.LEVELS, nodes);
  }

  private static List<Integer> differing(Side here, Side there, int level, List<Integer> nodes) {
    DigestPage left = here.digests(level, nodes);
    DigestPage right = there.digests(level, nodes);
    List<Integer> differ = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      if (!Arrays.equals(left.digests().get(i), right.digests().get(i))) {
        differ.add(nodes.get(i));
      }
    }
    return differ;
  }

  private static List<Integer> children(List<Integer> nodes) {
    List<Integer> children = new ArrayList<>(nodes.size() * Digests.FANOUT);
    for (int node : nodes) {
      children.addAll(range(node * Digests.FANOUT, Digests.FANOUT));
    }
    return children;
  }

  private static List<Integer> range(int from, int count) {
    List<Integer> range = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      range.add(from + i);
    }
    return range;
  }
}
