// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

import org.jspecify.annotations.Nullable;

/**
 * No provider on the class path serves what the configuration asks for, or stored data needs one
 * that is not there. The message names the artifact to add.
 *
 * @since 0.1
 */
public class ProviderResolutionException extends SyncEngineException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception.
   *
   * @param message what is missing and which artifact brings it
   * @param cause the cause, or null
   */
  public ProviderResolutionException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
