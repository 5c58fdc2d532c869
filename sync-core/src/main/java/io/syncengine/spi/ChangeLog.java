// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

/**
 * The capability of a tier that writes one change row with each commit. All methods are safe from
 * any thread, return within the request time-out, and throw {@link
 * io.syncengine.model.TierUnavailableException} if the tier cannot be asked.
 *
 * @since 0.1
 */
public interface ChangeLog {
  /**
   * Reads rows.
   *
   * @param from the first sequence wanted, inclusive, 1 or more
   * @param limit how many rows at most, 0 or more; 0 asks for the head alone
   * @return the rows from there on that exist, and the head, seen in one snapshot
   */
  ChangePage poll(long from, int limit);
}
