// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

/**
 * The named steps of the roads at which a crash test may stop the process and a test of a promise
 * may leave the step out.
 *
 * @since 0.1
 */
public enum FailPoint {
  /** Before pressure is asked. */
  GATE,
  /** Before a write gets its revision. */
  STAMP,
  /** Before a commit group is appended to the log; left out: it is not appended. */
  LOG_APPEND,
  /** In the log, between insert and commit. */
  LOG_COMMIT,
  /** After a commit group is on disk. */
  LOG_APPENDED,
  /** Before a write is shown to readers; left out: it is not put into pending. */
  PUBLISH,
  /** Before a caller is told. */
  ACK,
  /** After a batch is taken from pending. */
  FLUSH_TAKE,
  /** In the ground truth, after the head is locked. */
  TIER_HEAD,
  /** In the ground truth, after the rows are written. */
  TIER_ROWS,
  /** In the ground truth, after the change row is written, before the commit. */
  TIER_COMMIT,
  /** In the ground truth, after the commit. */
  TIER_COMMITTED,
  /** In the ground truth, after digests are written, before their commit. */
  TIER_DIGESTS,
  /** Before outcomes are taken into pending. */
  CONFIRM,
  /** Before a change row is followed; left out: nothing is invalidated. */
  FOLLOW,
  /** Before the log is truncated. */
  TRUNCATE,
  /** In the log, after the truncation is committed. */
  TRUNCATED,
  /** Before an entry of the log is taken into pending at start; left out: it is forgotten. */
  REPLAY,
  /** Where a load may fill memory; left out: it fills without looking at its stripe. */
  FILL_FENCE,
  /** Where a tier compares revisions; left out: the later write wins. */
  TIER_FENCE,
  /** Where a failed tier call becomes an exception; left out: it is reported as absent. */
  TIER_UNAVAILABLE,
  /** Where a failing batch is split; left out: it is tried again as it is. */
  SPLIT,
  /** Where pending gives content back to the log; left out: it keeps everything in memory. */
  SPILL,
  /** Where the gate refuses a write; left out: everything is accepted. */
  REFUSE,
  /** Before a committed batch is put into the cache; left out: it never is. */
  CACHE_FEED,
  /** Before what was read from the ground truth is put into the cache; left out: it never is. */
  CACHE_FILL,
  /** Before the cache says to everybody up to where it reflects an origin's commits. */
  CACHE_MOVE,
  /** Where what the cache missed is deleted there; left out: it stays. */
  CACHE_REPAIR,
  /** Where an answer of the cache is held against what is known; left out: any will do. */
  CACHE_FLOOR,
  /** Before the filter is told what a change row makes of an id; left out: it is not. */
  FILTER_FEED,
  /** Where a filter is not trusted for its age; left out: it is. */
  FILTER_TRUST,
  /** Where close waits for the flush; left out: it closes at once. */
  DRAIN
}
