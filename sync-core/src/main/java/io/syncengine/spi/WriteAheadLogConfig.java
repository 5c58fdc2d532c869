// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import java.nio.file.Path;
import java.util.Map;

/**
 * What an engine tells a write-ahead log. New getters come with defaults.
 *
 * @since 0.1
 */
public interface WriteAheadLogConfig {
  /**
   * The log's file; side files stand beside it.
   *
   * @return the path
   */
  Path path();

  /**
   * The namespace; a new log takes it, an existing one must have the same.
   *
   * @return the namespace, empty by default
   */
  String namespace();

  /**
   * Whether to open without the lock and without writing.
   *
   * @return true for read-only
   */
  boolean readOnly();

  /**
   * Time as the engine sees it.
   *
   * @return the source of all times
   */
  TimeSource timeSource();

  /**
   * The options whose keys begin with the provider's name and a dot, without that prefix.
   *
   * @return key to value
   */
  Map<String, String> properties();

  /**
   * The size at which the engine takes the log for full; the log itself does not enforce it.
   *
   * @return bytes
   */
  default long maxBytes() {
    return Long.MAX_VALUE;
  }

  /**
   * The hook of crash tests.
   *
   * @return the fail points; does nothing by default
   */
  default FailPoints failPoints() {
    return FailPoints.OFF;
  }
}
