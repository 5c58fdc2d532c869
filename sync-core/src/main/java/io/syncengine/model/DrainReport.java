// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

import java.time.Duration;
import java.util.List;

/**
 * What a flush or a close achieved. Immutable.
 *
 * @param persisted writes that reached the ground truth during the call
 * @param deadLettered writes that were put aside during the call
 * @param waitingInLog writes that are not in the ground truth but stand in the write-ahead log,
 *     from which the next start goes on
 * @param lost ids of writes that are nowhere but in this process: after {@code close} they are
 *     lost, after {@code flush} still waiting; at most {@value #MAX_LISTED} are listed
 * @param lostCount how many they are in all
 * @param deadLetters those kept in memory alone, which end with the process; filled by close
 * @param took how long it took
 * @since 0.1
 */
public record DrainReport(
    long persisted,
    long deadLettered,
    long waitingInLog,
    List<String> lost,
    long lostCount,
    List<DeadLetter> deadLetters,
    Duration took) {
  /** How many lost ids are listed at most. */
  public static final int MAX_LISTED = 1000;

  /**
   * Copies the lists.
   *
   * @param persisted see {@link #persisted()}
   * @param deadLettered see {@link #deadLettered()}
   * @param waitingInLog see {@link #waitingInLog()}
   * @param lost see {@link #lost()}
   * @param lostCount see {@link #lostCount()}
   * @param deadLetters see {@link #deadLetters()}
   * @param took see {@link #took()}
   */
  public DrainReport {
    lost = List.copyOf(lost);
    deadLetters = List.copyOf(deadLetters);
  }

  /**
   * Whether everything accepted is in the ground truth or among the dead letters.
   *
   * @return true if nothing waits
   */
  public boolean complete() {
    return waitingInLog == 0 && lostCount == 0;
  }

  /** Leaves the ids out. */
  @Override
  public String toString() {
    return "DrainReport[persisted="
        + persisted
        + ", deadLettered="
        + deadLettered
        + ", waitingInLog="
        + waitingInLog
        + ", lost="
        + lostCount
        + ", took="
        + took.toMillis()
        + " ms]";
  }
}
