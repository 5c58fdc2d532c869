// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.spi.Tier;
import io.syncengine.spi.TierProvider;
import java.util.Set;

/**
 * Makes {@link JdbcTier}s for {@code mysql://}, {@code mariadb://}, {@code sqlite:PATH} and {@code
 * jdbc:} URLs.
 *
 * @since 0.1
 */
public final class JdbcTierProvider implements TierProvider {
  /** Touches no driver. */
  public JdbcTierProvider() {}

  @Override
  public String name() {
    return "jdbc";
  }

  @Override
  public Set<String> schemes() {
    return Set.of("mysql", "mariadb", "sqlite", "jdbc");
  }

  /**
   * {@code readers}: how many connections serve reads, 1 to 64; 4 by default. {@code driver}:
   * {@code mysql} or {@code mariadb}, which driver to use for either server; by default the one
   * that the URL names, or the other if only that is there.
   */
  @Override
  public Set<String> keys() {
    return Set.of(PoolOptions.READERS_KEY, ServerDriver.KEY);
  }

  @Override
  public Tier create() {
    return new JdbcTier();
  }
}
