// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

/**
 * A part of the {@link CacheContract}.
 *
 * @since 0.1
 */
public interface CacheClauses {
  /**
   * The running test's cache.
   *
   * @return the fixture
   */
  CacheFixture caches();
}
