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
