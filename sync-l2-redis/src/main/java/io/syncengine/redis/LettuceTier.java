// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.util.Objects;

/**
 * Redis tiers over an application's Lettuce.
 *
 * @since 0.1
 */
public final class LettuceTier {
  private LettuceTier() {}

  /**
   * A tier over what the application has. It makes connections of its own over the client, with the
   * client's options, and closes those alone: the client is never closed, and its options stay as
   * they are. A queue without a bound ({@code requestQueueSize}) is the application's choice. Each
   * call is bounded by the tier's own time-out, whatever the URI's is.
   *
   * @param client connects to a standalone Redis, or by way of Sentinels
   * @param uri where to, and as whom; asked for credentials at each connect, if it has a provider
   *     of them
   * @return a tier, not open yet
   */
  public static RedisTier over(RedisClient client, RedisURI uri) {
    return new RedisTier(
        new LettuceTarget(
            Objects.requireNonNull(client, "client"), Objects.requireNonNull(uri, "uri")));
  }
}
