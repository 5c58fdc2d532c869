// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

/**
 * A part of the {@link TierContract}.
 *
 * @since 0.1
 */
public interface TierClauses {
  /**
   * The running test's store.
   *
   * @return the fixture
   */
  TierFixture tiers();
}
