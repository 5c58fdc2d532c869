// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import java.util.List;

/**
 * The capability of a ground truth whose rows can be put right after something else than an engine
 * has changed them.
 *
 * @since 0.1
 */
public interface Restore {
  /**
   * Writes rows as {@link Tier#apply} does, but also over the very same revision and over a damaged
   * row, never over a higher revision, and whatever the bases say. The change row says of each id
   * written that it was absent before, so that all who follow, filters included, learn of it
   * whatever they knew; its leaf delta is the leaf as it should be minus the one that is stored.
   * The purge horizon holds as in {@code apply}.
   *
   * @param batch at least one entry, each id once, sorted by {@link
   *     io.syncengine.model.ItemId#BYTE_ORDER}
   * @return an outcome for each; {@code APPLIED} tells what was there, {@code LIVE} for a damaged
   *     row
   * @throws io.syncengine.model.TierUnavailableException if the outcome is unknown or nothing was
   *     written
   * @throws io.syncengine.model.TierException if the batch as a whole was refused
   */
  ApplyResult restore(List<Entry> batch);
}
