// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The root of the engine's own exceptions. Messages hold no ids, contents or secrets; what varies
 * is in the accessors.
 *
 * @since 0.1
 */
public class SyncEngineException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception.
   *
   * @param message what is wrong and what to do
   * @param cause the cause, or null
   */
  public SyncEngineException(String message, @Nullable Throwable cause) {
    super(Objects.requireNonNull(message, "message"), cause);
  }

  /**
   * What is wrong and what to do.
   *
   * @return the message, never null
   */
  @Override
  public String getMessage() {
    return Objects.requireNonNull(super.getMessage(), "message");
  }
}
