// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

/**
 * Joins two revisions of an id that were written without knowledge of each other. Commutative,
 * associative and idempotent; safe from any thread.
 *
 * @since 0.1
 */
public interface MergeStrategy {
  /** Keeps the higher revision. */
  MergeStrategy LAST_WRITER_WINS =
      new MergeStrategy() {
        @Override
        public byte type() {
          return Entry.LAST_WRITER_WINS;
        }

        @Override
        public Entry merge(Entry ours, Entry theirs) {
          return ours.isAbove(theirs) ? ours : theirs;
        }
      };

  /**
   * The byte that marks its entries, in rows, envelopes and log entries.
   *
   * @return {@link Entry#LAST_WRITER_WINS} for the default; unique
   */
  byte type();

  /**
   * Joins two entries of one id.
   *
   * @param ours the write that is on its way
   * @param theirs what the tier holds
   * @return the join, which is {@code theirs} if ours adds nothing to it
   */
  Entry merge(Entry ours, Entry theirs);
}
