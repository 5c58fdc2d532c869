// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit;

import io.syncengine.spi.Tier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * The contract of {@link Tier} and of its capabilities, for a ground truth: extend it with a
 * concrete class that makes tiers. Tests of a capability that the tier lacks are skipped. After
 * each test the store is checked as a whole: change rows dense, before-states and leaf deltas those
 * of the rows.
 *
 * <p>The store must be empty at the start of each test, and take batches of 5,000 entries, ids of
 * 512 bytes, trace fields of 512 characters and contents of 1 MiB.
 *
 * @since 0.1
 */
public abstract class TierContract
    implements LifecycleClauses,
        FenceClauses,
        BaseClauses,
        StorageClauses,
        ChangeLogClauses,
        ScanClauses,
        HeaderClauses,
        DigestClauses,
        RestoreClauses,
        RetentionClauses,
        PurgeClauses,
        GenerationClauses,
        FailPointClauses,
        ConcurrencyClauses,
        ModelClauses {
  private TierFixture fixture;

  /** For subclasses. */
  protected TierContract() {}

  /**
   * A tier on the running test's store; called several times a test.
   *
   * @return a tier that is not open: a new object, or one that several share
   */
  protected abstract Tier newTier();

  /**
   * How tiers are opened; the tests change instance, version mode, time-out and fail points.
   *
   * @return {@link TestTierConfig#defaults()} unless overridden, as to give a URL
   */
  protected TestTierConfig config() {
    return TestTierConfig.defaults();
  }

  @Override
  public final TierFixture tiers() {
    return fixture;
  }

  /** Makes the fixture. */
  @BeforeEach
  final void makeFixture() {
    fixture = new TierFixture(this::newTier, config());
  }

  /** Checks the store and closes what the test opened. */
  @AfterEach
  final void checkAndClose() {
    try {
      fixture.checkInvariants();
    } finally {
      fixture.close();
    }
  }
}
