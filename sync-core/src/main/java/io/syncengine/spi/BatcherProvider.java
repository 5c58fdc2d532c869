// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import java.time.Duration;
import java.util.Map;

/**
 * Makes batchers.
 *
 * @since 0.1
 */
public interface BatcherProvider extends Provider {
  /**
   * A batcher.
   *
   * @param config the limits
   * @return the batcher
   */
  Batcher create(Config config);

  /** What an engine tells a batcher. New getters come with defaults. */
  interface Config {
    /**
     * Flush when so many writes wait.
     *
     * @return 1 or more
     */
    int flushCount();

    /**
     * Flush when so many bytes wait.
     *
     * @return 1 or more
     */
    long flushBytes();

    /**
     * Flush when the oldest write has waited so long.
     *
     * @return the interval, positive
     */
    Duration flushInterval();

    /**
     * The options whose keys begin with the provider's name and a dot, without that prefix.
     *
     * @return key to value
     */
    Map<String, String> properties();
  }
}
