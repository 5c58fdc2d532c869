// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.pending;

/**
 * What waits for the flusher at one moment.
 *
 * @param count ids
 * @param bytes of their contents
 * @param sinceNanos when the oldest began to wait; meaningless if none does
 * @param urgent whether somebody waits for the next flush
 */
public record Waiting(int count, long bytes, long sinceNanos, boolean urgent) {
  static final Waiting NOTHING = new Waiting(0, 0, 0, false);
}
