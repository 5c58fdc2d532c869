// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import java.util.Set;

/**
 * What all providers have. Found by {@link java.util.ServiceLoader}; the constructor touches no
 * driver class, so that a missing driver is an error only for those who ask for it.
 *
 * @since 0.1
 */
public interface Provider {
  /**
   * The name to choose it by, as in {@code wal_provider=sqlite}.
   *
   * @return lower case, unique in its role
   */
  String name();

  /**
   * Preference when several are available and none was chosen: the lowest wins, with a warning.
   *
   * @return 1000 by default
   */
  default int order() {
    return 1000;
  }

  /**
   * The options that it knows, without the prefix {@code <name>.}.
   *
   * @return the keys; any other is refused with this list
   */
  default Set<String> keys() {
    return Set.of();
  }
}
