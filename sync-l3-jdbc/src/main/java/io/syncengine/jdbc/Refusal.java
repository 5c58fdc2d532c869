// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import org.jspecify.annotations.Nullable;

/**
 * What stands there cannot be used, and trying again does not help. The message says what to do.
 */
final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;

  Refusal(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
