// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import io.syncengine.model.DeadLetter;
import java.util.List;
import java.util.Optional;

/**
 * Keeps dead letters: in the log's file, or without a log in memory. Safe from any thread; may do
 * I/O and then throws {@link io.syncengine.model.DurabilityException}.
 *
 * @since 0.1
 */
public interface DeadLetterStore {
  /**
   * Keeps a write that the ground truth refused. The same id and revision again changes nothing.
   *
   * @param entry the write, its content not encoded
   * @param reason a fixed word
   * @param detail what the tier said
   * @param atMillis when, milliseconds since the epoch
   * @return the dead letter as kept, with its number
   */
  DeadLetter add(Entry entry, String reason, String detail, long atMillis);

  /**
   * The oldest dead letters.
   *
   * @param limit how many at most
   * @return oldest first
   */
  List<DeadLetter> list(int limit);

  /**
   * One dead letter.
   *
   * @param number its number
   * @return the dead letter, if it is there
   */
  Optional<DeadLetter> find(long number);

  /**
   * The newest dead letter of an id.
   *
   * @param id the id
   * @return the dead letter, if there is one
   */
  Optional<DeadLetter> newest(String id);

  /**
   * Drops one.
   *
   * @param number its number
   * @return false if it was not there
   */
  boolean remove(long number);

  /**
   * How many there are.
   *
   * @return the number
   */
  long count();

  /**
   * Bytes of memory that they take.
   *
   * @return bytes; 0 if they are on disk
   */
  long memoryBytes();
}
