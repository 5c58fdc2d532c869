// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import java.util.Objects;

/**
 * The part of a cache that belongs to one generation of one ground truth. What another space holds
 * is never seen; it goes with its time to live.
 *
 * @param databaseId the ground truth's, see {@link TierInfo#databaseId()}
 * @param generation the ground truth's, see {@link ChangePage#generation()}
 * @since 0.1
 */
public record CacheSpace(String databaseId, long generation) {
  /**
   * Checks the id.
   *
   * @param databaseId see {@link #databaseId()}
   * @param generation see {@link #generation()}
   */
  public CacheSpace {
    Objects.requireNonNull(databaseId, "databaseId");
  }
}
