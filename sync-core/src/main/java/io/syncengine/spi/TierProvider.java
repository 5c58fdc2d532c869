// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import java.util.Set;

/**
 * Makes tiers.
 *
 * @since 0.1
 */
public interface TierProvider extends Provider {
  /**
   * The URL schemes that it serves, as {@code sqlite}.
   *
   * @return lower case, without the colon
   */
  Set<String> schemes();

  /**
   * A tier that is not open yet; touches nothing.
   *
   * @return a new tier
   */
  Tier create();
}
