// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

import java.time.Duration;

/**
 * Pressure refused a write; nothing of it is left anywhere.
 *
 * @since 0.1
 */
public class WriteRejectedException extends SyncEngineException {
  private static final long serialVersionUID = 1L;

  private final PressureLevel level;
  private final Duration retryAfter;

  /**
   * Makes an exception.
   *
   * @param level the level that refused it
   * @param retryAfter how long to wait before the next try
   */
  public WriteRejectedException(PressureLevel level, Duration retryAfter) {
    super("the write was refused because of pressure; wait retryAfter() and try again", null);
    this.level = level;
    this.retryAfter = retryAfter;
  }

  /**
   * The level that refused the write.
   *
   * @return the level
   */
  public PressureLevel level() {
    return level;
  }

  /**
   * How long to wait before the next try: as long as a write of its size takes to leave.
   *
   * @return from 50 ms to 5 s
   */
  public Duration retryAfter() {
    return retryAfter;
  }

  /**
   * The HTTP status that fits.
   *
   * @return 429 at THROTTLE, else 503
   */
  public int httpStatus() {
    return level == PressureLevel.THROTTLE ? 429 : 503;
  }
}
