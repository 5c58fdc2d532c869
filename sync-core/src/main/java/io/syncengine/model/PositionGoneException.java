// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

/**
 * The change log does not reach back to a position, or its history is another one there, as after a
 * restore from a backup. What was missed cannot be told any more: read what is there anew, by a
 * scan, and go on from a position that was taken before it.
 *
 * @since 0.1
 */
public class PositionGoneException extends SyncEngineException {
  private static final long serialVersionUID = 1L;

  private final transient ChangePosition position;

  /**
   * Makes an exception.
   *
   * @param position the position
   * @param message why it is gone and what to do
   */
  public PositionGoneException(ChangePosition position, String message) {
    super(message, null);
    this.position = position;
  }

  /**
   * The position that is gone.
   *
   * @return the position as it was given, or as the last event had it
   */
  public ChangePosition position() {
    return position;
  }
}
