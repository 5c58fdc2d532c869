// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import java.util.List;

/**
 * One commit of the ground truth, as every instance follows it.
 *
 * @param sequence its place; dense, from 1
 * @param tag random; another tag at the same sequence means another history
 * @param origin the instance that wrote it
 * @param committedAtMillis when, by that instance's clock, milliseconds since the epoch
 * @param changes the ids that it changed; empty for a commit that changed none, such as a purge
 * @since 0.1
 */
public record ChangeRow(
    long sequence, long tag, String origin, long committedAtMillis, List<Change> changes) {
  /**
   * Copies the list.
   *
   * @param sequence see {@link #sequence()}
   * @param tag see {@link #tag()}
   * @param origin see {@link #origin()}
   * @param committedAtMillis see {@link #committedAtMillis()}
   * @param changes see {@link #changes()}
   */
  public ChangeRow {
    changes = List.copyOf(changes);
  }
}
