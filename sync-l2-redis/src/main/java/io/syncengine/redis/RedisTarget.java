// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.syncengine.spi.TierConfig;

/** Which Redis a tier works with, and by which library. */
interface RedisTarget {
  /** What messages call it; without secrets. */
  String subject();

  /** The library's name, as in the configuration. */
  String library();

  /** Connects; the connections are there when this returns. */
  RedisConnections connect(TierConfig by, Greeting greeting) throws ConnectionException;
}
