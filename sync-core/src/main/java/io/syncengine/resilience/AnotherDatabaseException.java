// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.resilience;

import io.syncengine.model.TierUnavailableException;

/** Another database stands where the tier's was. It has to be opened anew, and checked. */
public final class AnotherDatabaseException extends TierUnavailableException {
  private static final long serialVersionUID = 1L;

  AnotherDatabaseException(String tier, String operation) {
    super(tier, operation, "another database stands where the tier's was; it is opened anew", null);
  }
}
