// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

import java.time.Duration;

/**
 * Counters since the start and gauges of the moment. Each figure is exact; together they are not a
 * snapshot of one instant.
 *
 * @param l1Items items in memory
 * @param l1Bytes their bytes, overhead included
 * @param l1Hits reads that memory answered
 * @param l1Misses reads that memory could not answer
 * @param l1Evictions items evicted from memory
 * @param pendingItems ids with a write that the ground truth has not confirmed, or whose change has
 *     not been followed
 * @param pendingBytes bytes of memory that pending takes, index included
 * @param oldestPending age of the oldest unconfirmed write; zero if there is none
 * @param spilledItems pending ids whose content is in the log alone
 * @param submitted writes accepted
 * @param rejected writes refused by pressure
 * @param persisted writes that the ground truth confirmed
 * @param superseded accepted writes that the ground truth found overtaken
 * @param deadLetters writes put aside
 * @param flushes batches sent to the ground truth
 * @param flushFailures batches that failed and were tried again
 * @param logBytes size of the write-ahead log; 0 without one
 * @param logGroups commit groups appended
 * @param logEntries writes in these groups
 * @param l2Hits ids that L2 as a cache answered
 * @param l2Misses ids that it was asked for and did not answer, or not with what is known to be new
 * @param l2Refused values that it could not take, as when it is full
 * @param l2Repaired change rows that it had missed, whoever committed them, and whose ids this
 *     instance deleted there
 * @param l2Lag changes that it is not known to reflect yet
 * @param filterTrusted whether there is a filter over the ground truth's ids that is believed now
 * @param filterIds the ids in it; 0 while there is none
 * @param filterBytes the memory that it takes
 * @param filterFalsePositiveRate how often it cannot say of an absent id that it is; 1 while there
 *     is none
 * @param filterAbsences ids that it said were absent, so that no tier was asked
 * @param filterBuilds filters that were built or restored
 * @param l3Reads ids asked of the ground truth
 * @param l3Hits ids that it held
 * @param changesFollowed change rows followed
 * @param changePosition the change row followed last
 * @param propagationMedian how long after the commit the newest rows of other instances were
 *     followed here, by both clocks, as long as these agree; zero if there was none
 * @param propagationP99 the same, exceeded by one in a hundred
 * @since 0.1
 */
public record EngineStats(
    long l1Items,
    long l1Bytes,
    long l1Hits,
    long l1Misses,
    long l1Evictions,
    long pendingItems,
    long pendingBytes,
    Duration oldestPending,
    long spilledItems,
    long submitted,
    long rejected,
    long persisted,
    long superseded,
    long deadLetters,
    long flushes,
    long flushFailures,
    long logBytes,
    long logGroups,
    long logEntries,
    long l2Hits,
    long l2Misses,
    long l2Refused,
    long l2Repaired,
    long l2Lag,
    boolean filterTrusted,
    long filterIds,
    long filterBytes,
    double filterFalsePositiveRate,
    long filterAbsences,
    long filterBuilds,
    long l3Reads,
    long l3Hits,
    long changesFollowed,
    long changePosition,
    Duration propagationMedian,
    Duration propagationP99) {}
