// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

/**
 * The engine did not start and another try changes nothing: a foreign or newer file, a locked log,
 * a missing permission. Its cause is what the engine threw.
 */
final class RefusedAtStart extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RefusedAtStart(RuntimeException cause) {
    super(cause.getMessage(), cause);
  }
}
