// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import io.syncengine.spi.TierConfig;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The sizes and bounds of the pools.
 *
 * @param name the name of threads and pools
 * @param readers how many connections serve reads
 * @param timeout how long a call may take
 * @param remote whether connecting needs a server, which may be gone and may drop connections
 */
record PoolOptions(String name, int readers, Duration timeout, boolean remote) {
  static final String READERS_KEY = "readers";
  static final int DEFAULT_READERS = 4;
  static final int MAX_READERS = 64;

  /**
   * Reads the options.
   *
   * @throws IllegalArgumentException for a value that is not allowed
   */
  static PoolOptions of(TierConfig config, boolean remote) {
    return new PoolOptions(
        "sync-" + config.engineName() + "-" + config.tierName().toLowerCase(Locale.ROOT),
        readers(config.properties().get(READERS_KEY)),
        config.requestTimeout(),
        remote);
  }

  private static int readers(@Nullable String value) {
    if (value == null) {
      return DEFAULT_READERS;
    }
    try {
      int n = Integer.parseInt(value.strip());
      if (n >= 1 && n <= MAX_READERS) {
        return n;
      }
    } catch (NumberFormatException e) {
      // told below, with what is allowed
    }
    throw new IllegalArgumentException(
        "jdbc.readers is '" + value + "'; a number from 1 to " + MAX_READERS + " is allowed");
  }
}
