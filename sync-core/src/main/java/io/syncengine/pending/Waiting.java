// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.pending;

/**
 * What waits for the flusher at one moment.
 *
 * @param count ids that were not tried yet
 * @param bytes of their contents
 * @param sinceNanos when the oldest of them began to wait; meaningless if none does
 * @param urgent whether somebody waits for the next flush
 * @param nanosUntilRetry when the first of those that failed is due; 0 for now, {@code
 *     Long.MAX_VALUE} if there is none
 */
public record Waiting(
    int count, long bytes, long sinceNanos, boolean urgent, long nanosUntilRetry) {}
