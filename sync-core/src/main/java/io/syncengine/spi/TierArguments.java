// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import io.syncengine.model.ItemId;
import java.util.List;

/**
 * Checks what a tier is called with, as {@link Tier} and its capabilities lay down; for
 * implementations. Stateless; safe from any thread.
 *
 * @since 0.1
 */
public final class TierArguments {
  private TierArguments() {}

  /**
   * Checks a batch.
   *
   * @param batch what {@link Tier#apply} was called with
   * @throws IllegalArgumentException if it is empty, has an id twice or is not sorted by id bytes
   */
  public static void requireBatch(List<Entry> batch) {
    if (batch.isEmpty()) {
      throw new IllegalArgumentException("batch is empty");
    }
    for (int i = 1; i < batch.size(); i++) {
      if (ItemId.BYTE_ORDER.compare(batch.get(i - 1).id(), batch.get(i).id()) >= 0) {
        throw new IllegalArgumentException("batch has an id twice or is not sorted by id bytes");
      }
    }
  }

  /**
   * Checks how much is wanted at most.
   *
   * @param limit what a method that has a {@code limit} was called with
   * @throws IllegalArgumentException if it is below 1
   */
  public static void requireLimit(int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("limit is " + limit + "; 1 or more is needed");
    }
  }

  /**
   * Checks which digests are wanted.
   *
   * @param level what {@link Digests#digests} was called with
   * @param nodes what it was called with
   * @throws IllegalArgumentException if there is no such level, or the nodes are none, not rising
   *     or not of that level
   */
  public static void requireNodes(int level, List<Integer> nodes) {
    if (level < 0 || level > Digests.LEVELS) {
      throw new IllegalArgumentException("level is " + level + "; 0 to 4 is needed");
    }
    requireRising(nodes, Digests.nodes(level));
  }

  /**
   * Checks which buckets are wanted.
   *
   * @param buckets what {@link Digests#buckets} was called with
   * @throws IllegalArgumentException if they are none, not rising or no buckets
   */
  public static void requireBuckets(List<Integer> buckets) {
    requireRising(buckets, IdHash.BUCKETS);
  }

  private static void requireRising(List<Integer> numbers, int end) {
    int before = -1;
    for (int number : numbers) {
      if (number <= before || number >= end) {
        throw new IllegalArgumentException("numbers are not rising, or not from 0 to below " + end);
      }
      before = number;
    }
    if (before < 0) {
      throw new IllegalArgumentException("none is asked for");
    }
  }

  /**
   * Checks digests that were computed anew.
   *
   * @param sequence what {@link Digests#replaceDigests} was called with
   * @param buckets what it was called with
   * @throws IllegalArgumentException if the sequence is negative or the length is another
   */
  public static void requireDigests(long sequence, byte[] buckets) {
    if (sequence < 0 || buckets.length != IdHash.BUCKETS * Leaf.BYTES) {
      throw new IllegalArgumentException(
          "sequence is below 0, or there is not one digest a bucket");
    }
  }

  /**
   * Checks a reader of the change log.
   *
   * @param reader what {@link ChangeRetention#register} was called with
   * @param sequence what it was called with
   * @throws IllegalArgumentException if the name is not of 1 to 256 characters, or the sequence
   *     below 1
   */
  public static void requireReader(String reader, long sequence) {
    if (reader.isEmpty() || reader.length() > 256 || sequence < 1) {
      throw new IllegalArgumentException(
          "a reader has 1 to 256 characters and a sequence from 1 on");
    }
  }

  /**
   * Checks the times before which change rows may go.
   *
   * @param committedBeforeMillis what {@link ChangeRetention#trim} was called with
   * @param boundMillis what it was called with
   * @param limit what it was called with
   * @throws IllegalArgumentException if the bound is above the time, or the limit below 1
   */
  public static void requireTrim(long committedBeforeMillis, long boundMillis, int limit) {
    requireLimit(limit);
    if (boundMillis > committedBeforeMillis) {
      throw new IllegalArgumentException("the bound is later than the time before which rows go");
    }
  }

  /**
   * Checks which change rows are wanted.
   *
   * @param from the first sequence that {@link ChangeLog#poll} was called with
   * @param limit how many rows it was called with
   * @throws IllegalArgumentException if {@code from} is below 1 or {@code limit} below 0
   */
  public static void requirePage(long from, int limit) {
    if (from < 1 || limit < 0) {
      throw new IllegalArgumentException("from is below 1 or limit below 0");
    }
  }
}
