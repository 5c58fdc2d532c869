// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

/**
 * What a tier found when it was opened.
 *
 * @param databaseId random, made with the data and kept there; another id means another history;
 *     empty for a cache
 * @param description product and version for the start line and health, without secrets
 * @param highestVersion the highest version that was ever committed there, of items and tombstones
 *     that are gone too, so that the clock of an engine passes it; 0 if there is none or the tier
 *     does not keep it
 * @since 0.1
 */
public record TierInfo(String databaseId, String description, long highestVersion) {
  /**
   * What a tier found that keeps no highest version.
   *
   * @param databaseId random, made with the data and kept there
   * @param description product and version, without secrets
   */
  public TierInfo(String databaseId, String description) {
    this(databaseId, description, 0);
  }
}
