// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.syncengine.spi.CacheSpace;
import io.syncengine.spi.TierConfig;
import java.util.List;

/** How a {@link CacheStore} comes to be open. */
final class CacheOpening {
  /** What Redis takes as one value if it is not told otherwise, and if it does not say so. */
  private static final int LARGEST_VALUE = 512 << 20;

  private CacheOpening() {}

  /**
   * Checks that this can be a cache. Writes nothing that stays.
   *
   * @param connections closed by the store, or here if this throws
   */
  static CacheStore open(
      RedisConnections connections, String product, Failures failures, TierConfig config) {
    try {
      ServerInfo server = StoreOpening.info(connections, failures, config.requestTimeout());
      boolean asCluster = connections.writes().oneSlotACommand();
      String unfit = server.unfitAsCache(asCluster);
      if (unfit != null) {
        throw failures.refused(unfit);
      }
      tryCommands(connections, failures, config);
      return new CacheStore(
          connections,
          config.namespace(),
          failures,
          config.requestTimeout(),
          new CachePut.Limits(
              Math.max(1, config.timeToLive().toMillis()),
              largestValue(connections, config),
              asCluster),
          !config.readOnly(),
          "Redis " + server.version() + " by " + product);
    } catch (ConnectionException e) {
      connections.close();
      throw failures.onConnect(e);
    } catch (RuntimeException e) {
      connections.close();
      throw e;
    }
  }

  private static void tryCommands(
      RedisConnections connections, Failures failures, TierConfig config)
      throws ConnectionException {
    CacheKeys keys = new CacheKeys(config.namespace(), new CacheSpace("", 0));
    Object reply =
        Script.CACHE_OPEN.run(
            connections.writes(),
            config.requestTimeout(),
            List.of(keys.nothing(0)),
            List.of(CachePut.digits(config.readOnly() ? 0 : 1)));
    if (reply instanceof ErrorReply error) {
      throw failures.onOpen(error);
    }
  }

  /** A larger one would end the connection, with all that is on its way. */
  private static int largestValue(RedisConnections connections, TierConfig config)
      throws ConnectionException {
    Object reply =
        connections
            .writes()
            .send(
                List.of(Command.of("CONFIG").add("GET").add("proto-max-bulk-len").build()),
                config.requestTimeout())
            .first();
    // Most users may not ask.
    if (!(reply instanceof List<?> setting) || setting.size() != 2) {
      return LARGEST_VALUE;
    }
    long bytes = Long.parseLong(new String((byte[]) setting.get(1), UTF_8));
    return (int) Math.min(LARGEST_VALUE, bytes);
  }
}
