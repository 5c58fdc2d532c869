// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import java.util.List;

/**
 * A part of the change log.
 *
 * @param databaseId which database answered; another id means another history
 * @param head the highest sequence there; 0 if there is none
 * @param headTag the tag of that row; 0 if there is none
 * @param rows the rows asked for that are there, by rising sequence, without a gap
 * @param generation the generation of the caches before this tier, see {@link CacheGenerations}; 0
 *     if it keeps none
 * @since 0.1
 */
public record ChangePage(
    String databaseId, long head, long headTag, List<ChangeRow> rows, long generation) {
  /**
   * A page of a tier that keeps no generation.
   *
   * @param databaseId see {@link #databaseId()}
   * @param head see {@link #head()}
   * @param headTag see {@link #headTag()}
   * @param rows see {@link #rows()}
   */
  public ChangePage(String databaseId, long head, long headTag, List<ChangeRow> rows) {
    this(databaseId, head, headTag, rows, 0);
  }

  /**
   * Copies the list.
   *
   * @param databaseId see {@link #databaseId()}
   * @param head see {@link #head()}
   * @param headTag see {@link #headTag()}
   * @param rows see {@link #rows()}
   * @param generation see {@link #generation()}
   */
  public ChangePage {
    rows = List.copyOf(rows);
  }
}
