// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The writes that the ground truth refused. Kept in the write-ahead log's file, or without a log in
 * memory. Safe from any thread; calls may do I/O.
 *
 * @since 0.1
 */
public interface DeadLetters {
  /**
   * The oldest dead letters.
   *
   * @param limit how many at most, 1 or more
   * @return oldest first
   */
  List<DeadLetter> list(int limit);

  /**
   * How many there are.
   *
   * @return the number
   */
  long count();

  /**
   * Submits a dead letter again as a new write and drops it once the write is acknowledged: at the
   * default level, or in caller mode, where it keeps its version, at PERSISTED.
   *
   * @param number the dead letter's number
   * @return the new write's receipt
   * @throws IllegalArgumentException if there is none of that number
   */
  CompletableFuture<Receipt> resend(long number);

  /**
   * Drops a dead letter for good.
   *
   * @param number the dead letter's number
   * @return false if there was none of that number
   */
  boolean drop(long number);
}
