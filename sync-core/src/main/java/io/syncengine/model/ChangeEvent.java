// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

import java.time.Instant;
import java.util.List;

/**
 * One commit of the ground truth.
 *
 * @param position the place behind it, to go on from
 * @param origin the instance that committed it
 * @param committedAt when, by that instance's clock
 * @param changes what it changed of what was asked for, at least one, by rising id bytes
 * @since 0.1
 */
public record ChangeEvent(
    ChangePosition position, String origin, Instant committedAt, List<ItemChange> changes) {
  /**
   * Copies the list.
   *
   * @param position see {@link #position()}
   * @param origin see {@link #origin()}
   * @param committedAt see {@link #committedAt()}
   * @param changes see {@link #changes()}
   */
  public ChangeEvent {
    changes = List.copyOf(changes);
  }
}
