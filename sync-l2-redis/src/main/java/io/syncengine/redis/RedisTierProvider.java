// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.syncengine.spi.Tier;
import io.syncengine.spi.TierProvider;
import java.util.Set;

/**
 * Makes {@link RedisTier}s for {@code redis://}, {@code rediss://}, {@code redis-sentinel://},
 * {@code redis+cluster://} and {@code rediss+cluster://} URLs.
 *
 * @since 0.1
 */
public final class RedisTierProvider implements TierProvider {
  /** Touches no client library. */
  public RedisTierProvider() {}

  @Override
  public String name() {
    return "redis";
  }

  @Override
  public Set<String> schemes() {
    return RedisUrl.SCHEMES;
  }

  /**
   * {@code trust}: the path of a file of certificates in PEM that are trusted, those of the server
   * or of its authority; by default those that Java trusts.
   */
  @Override
  public Set<String> keys() {
    return Set.of(TrustedCertificates.KEY);
  }

  @Override
  public Tier create() {
    return new RedisTier();
  }
}
