// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.syncengine.model.ProviderResolutionException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The client libraries. Nothing of one is touched before it was chosen. */
enum RedisDriver {
  /** Lettuce, the default. */
  LETTUCE("io.lettuce.core.RedisClient", "io.lettuce:lettuce-core") {
    @Override
    RedisConnections connect(ConnectOptions options) throws ConnectionException {
      return LettuceConnections.open(options);
    }
  },
  /** Jedis. */
  JEDIS("redis.clients.jedis.Connection", "redis.clients:jedis") {
    @Override
    RedisConnections connect(ConnectOptions options) throws ConnectionException {
      return JedisConnections.open(options);
    }
  };

  private final String mark;
  private final String artifact;

  RedisDriver(String mark, String artifact) {
    this.mark = mark;
    this.artifact = artifact;
  }

  /** Connects; the connections are there when this returns. */
  abstract RedisConnections connect(ConnectOptions options) throws ConnectionException;

  /**
   * The one of a name.
   *
   * @param name as configured; null for Lettuce
   * @throws IllegalArgumentException if there is none of that name
   * @throws ProviderResolutionException if it is not on the class path
   */
  static RedisDriver of(@Nullable String name) {
    RedisDriver driver = LETTUCE;
    if (name != null) {
      try {
        driver = valueOf(name.toUpperCase(Locale.ROOT));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "there is no Redis client named " + name + "; known are lettuce and jedis", e);
      }
    }
    driver.requirePresent();
    return driver;
  }

  private void requirePresent() {
    try {
      Class.forName(mark, false, RedisDriver.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new ProviderResolutionException(
          "the Redis client "
              + this
              + " is not on the class path; add the artifact "
              + artifact
              + ", or choose another with redis_client",
          e);
    }
  }

  /** Its name in the configuration. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
