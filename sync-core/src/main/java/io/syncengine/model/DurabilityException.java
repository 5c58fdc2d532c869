// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

import org.jspecify.annotations.Nullable;

/**
 * Appending to the write-ahead log failed: the outcome of the write is unknown. No reader sees it
 * now; it may be there after a restart. The engine reopens the log by itself.
 *
 * @since 0.1
 */
public class DurabilityException extends SyncEngineException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception.
   *
   * @param message what is wrong and what to do
   * @param cause the cause, or null
   */
  public DurabilityException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
