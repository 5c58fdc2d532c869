// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * What an engine tells a memory tier. New getters come with defaults.
 *
 * @since 0.1
 */
public interface MemoryTierConfig {
  /**
   * The room at the start.
   *
   * @return bytes, 0 or more
   */
  long maxBytes();

  /**
   * Time as the engine sees it.
   *
   * @return the source of all times
   */
  TimeSource timeSource();

  /**
   * Randomness, for tie breaks and against collisions made on purpose.
   *
   * @return a generator, for one thread
   */
  RandomGenerator random();

  /**
   * The options whose keys begin with the provider's name and a dot, without that prefix.
   *
   * @return key to value
   */
  Map<String, String> properties();
}
