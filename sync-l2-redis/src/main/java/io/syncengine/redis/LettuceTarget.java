// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.lettuce.core.RedisURI;
import io.syncengine.spi.TierConfig;

/** An application's Lettuce, which stays its own. */
record LettuceTarget(io.lettuce.core.RedisClient client, RedisURI uri) implements RedisTarget {
  @Override
  public String subject() {
    return "the application's Redis";
  }

  @Override
  public String library() {
    return RedisDriver.LETTUCE.toString();
  }

  @Override
  public RedisConnections connect(TierConfig by, Greeting greeting) throws ConnectionException {
    return LettuceConnections.open(
        new LettuceRedisClient(client, () -> uri, greeting),
        new LettuceRedisClient(client, () -> uri, greeting),
        LettuceSubscription.subscriber(client, () -> uri),
        by.requestTimeout(),
        () -> {});
  }
}
