// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.resilience;

import io.syncengine.model.TierUnavailableException;

/** A call was not made: the tier has not been reached yet, or its breaker is open. */
final class NotAskedException extends TierUnavailableException {
  private static final long serialVersionUID = 1L;

  NotAskedException(String tier, String operation, String message) {
    super(tier, operation, message, null);
  }
}
