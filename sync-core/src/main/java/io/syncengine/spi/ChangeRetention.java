// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

/**
 * The capability of a tier that forgets old change rows. Readers that come back after a while are
 * registered, and what they have not read is kept for them, within a bound. Rows that kept digests
 * have not taken in are never removed, nor is the newest row. Safe from any thread; returns within
 * the request time-out.
 *
 * @since 0.1
 */
public interface ChangeRetention {
  /**
   * Registers a reader, or moves it.
   *
   * @param reader its name, 1 to 256 characters
   * @param sequence the first row that it still needs, 1 or more
   */
  void register(String reader, long sequence);

  /**
   * Forgets a reader; does nothing if there is none of that name.
   *
   * @param reader its name
   */
  void unregister(String reader);

  /**
   * Removes rows from the oldest on: those committed before the first time that no registered
   * reader needs, and those committed before the second whoever needs them. A reader that needs a
   * row that is gone is forgotten.
   *
   * @param committedBeforeMillis milliseconds since the epoch, by the writers' clocks
   * @param boundMillis the same, not above the first
   * @param limit how many at most in this call, 1 or more
   * @return how many were removed; fewer than {@code limit} when none is left to be
   */
  int trim(long committedBeforeMillis, long boundMillis, int limit);
}
