// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import io.syncengine.spi.Cache;
import io.syncengine.spi.Tier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * The contract of {@link Cache}, for a tier that can stand before a ground truth: extend it with a
 * concrete class that makes tiers. Each test works in spaces of its own, so that all may share one
 * server, which is big enough that it evicts nothing by itself, and takes ids of 512 bytes, trace
 * fields of 512 characters, contents of 1 MiB and 5,000 writes a call.
 *
 * <p>A cache may lose anything at any time, which a test has to bring about: override {@link
 * #forgetLanes}, {@link #forgetState}, {@link #goBack} and {@link #damage} where that can be done.
 * What they do not bring about is skipped.
 *
 * @since 0.1
 */
public abstract class CacheContract
    implements CacheSpaceClauses,
        CachePositionClauses,
        CacheStorageClauses,
        CacheFenceClauses,
        CacheScanClauses,
        CacheConcurrencyClauses,
        CacheModelClauses {
  private CacheFixture fixture;

  /** For subclasses. */
  protected CacheContract() {}

  /**
   * A tier on the running test's cache; called several times a test.
   *
   * @return a tier that is not open: a new object, or one that several share
   */
  protected abstract Tier newTier();

  /**
   * How tiers are opened; the tests change role, instance, namespace, time to live and read-only.
   *
   * @return {@link TestTierConfig#defaults()} as L2 unless overridden, as to give a URL
   */
  protected TestTierConfig config() {
    return TestTierConfig.defaults().withTierName("L2");
  }

  @Override
  public final CacheFixture caches() {
    return fixture;
  }

  /** Makes the fixture. */
  @BeforeEach
  final void makeFixture() {
    fixture = new CacheFixture(this::newTier, config());
  }

  /** Closes what the test opened. */
  @AfterEach
  final void close() {
    fixture.close();
  }
}
