// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

/**
 * The engine did not start and another try changes nothing: a foreign or newer file, a locked log,
 * a missing permission.
 */
final class RefusedAtStart extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final RuntimeException reason;

  RefusedAtStart(RuntimeException reason) {
    super(reason.getMessage(), reason);
    this.reason = reason;
  }

  /** What the engine threw. */
  RuntimeException reason() {
    return reason;
  }
}
