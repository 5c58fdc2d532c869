// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.spi.Change;
import io.syncengine.spi.Digests;
import io.syncengine.spi.IdHash;
import io.syncengine.spi.Leaf;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What change rows add to buckets, and how a page of digests takes it in. For one thread. */
final class DigestSums {
  /** How many pages of buckets there are, and how many buckets each holds. */
  static final int PAGES = 256;

  /** The page with the levels 0, 1 and 2, one after the other. */
  static final int TOP_PAGE = PAGES;

  private static final int PAGE_BYTES = IdHash.BUCKETS / PAGES * Leaf.BYTES;
  private static final int TOP_BYTES = (1 + 16 + 256) * Leaf.BYTES;

  private final Map<Integer, byte[]> byBucket = new HashMap<>();

  /** Adds what the changes of a commit add. */
  void add(List<Change> changes) {
    for (Change change : changes) {
      int bucket = IdHash.bucket(IdHash.of(change.id()));
      Leaf.add(byBucket.computeIfAbsent(bucket, b -> new byte[Leaf.BYTES]), change.leafDelta());
    }
  }

  /** What is added to each of a level's nodes. */
  Map<Integer, byte[]> ofLevel(int level) {
    Map<Integer, byte[]> sums = new HashMap<>();
    byBucket.forEach(
        (bucket, sum) ->
            Leaf.add(
                sums.computeIfAbsent(Digests.node(level, bucket), n -> new byte[Leaf.BYTES]), sum));
    return sums;
  }

  /** Which pages hold the buckets, rising. */
  List<Integer> pages() {
    return byBucket.keySet().stream().map(DigestSums::pageOf).distinct().sorted().toList();
  }

  /**
   * Takes all in.
   *
   * @param kept pages as they are; of those missing all is zero. The page {@value #TOP_PAGE} and
   *     those of {@link #pages} are changed, or put there
   */
  void addTo(Map<Integer, byte[]> kept) {
    byte[] top = kept.computeIfAbsent(TOP_PAGE, p -> new byte[TOP_BYTES]);
    byBucket.forEach(
        (bucket, sum) -> {
          byte[] page = kept.computeIfAbsent(pageOf(bucket), p -> new byte[PAGE_BYTES]);
          add(page, bucket % PAGES, sum);
          for (int level = 0; level <= 2; level++) {
            add(top, topPlace(level, Digests.node(level, bucket)), sum);
          }
        });
  }

  /** All pages of buckets that are given one after the other. */
  static Map<Integer, byte[]> pagesOf(byte[] buckets) {
    Map<Integer, byte[]> pages = new TreeMap<>();
    byte[] top = new byte[TOP_BYTES];
    for (int page = 0; page < PAGES; page++) {
      byte[] sums = Arrays.copyOfRange(buckets, page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
      pages.put(page, sums);
      for (int place = 0; place < PAGES; place++) {
        for (int level = 0; level <= 2; level++) {
          int node = Digests.node(level, page * PAGES + place);
          add(top, topPlace(level, node), digest(sums, place));
        }
      }
    }
    pages.put(TOP_PAGE, top);
    return pages;
  }

  /** The page that a node is read from. */
  static int pageOf(int level, int node) {
    return level <= 2 ? TOP_PAGE : node * (IdHash.BUCKETS / Digests.nodes(level)) / PAGES;
  }

  /** The digest of a node in its page; all zero if there is no such page. */
  static byte[] read(Map<Integer, byte[]> pages, int level, int node) {
    byte[] page = pages.get(pageOf(level, node));
    if (page == null) {
      return new byte[Leaf.BYTES];
    }
    if (level <= 2) {
      return digest(page, topPlace(level, node));
    }
    int width = IdHash.BUCKETS / Digests.nodes(level);
    byte[] sum = new byte[Leaf.BYTES];
    for (int i = 0; i < width; i++) {
      Leaf.add(sum, digest(page, (node * width + i) % PAGES));
    }
    return sum;
  }

  private static int pageOf(int bucket) {
    return bucket / PAGES;
  }

  /** Where a node of level 0, 1 or 2 stands in the top page. */
  private static int topPlace(int level, int node) {
    return (level == 0 ? 0 : level == 1 ? 1 : 17) + node;
  }

  private static byte[] digest(byte[] page, int place) {
    return Arrays.copyOfRange(page, place * Leaf.BYTES, (place + 1) * Leaf.BYTES);
  }

  private static void add(byte[] page, int place, byte[] summand) {
    Leaf.add(page, place * Leaf.BYTES, summand);
  }
}
