// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.spi.TierConfig;

/** Where a tier finds its database. */
interface Target {
  /**
   * Connects, checks and, if it may be written, creates or migrates.
   *
   * @throws io.syncengine.model.TierException as {@link io.syncengine.spi.Tier#open} says
   */
  Database open(TierConfig config);
}
