// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

/**
 * Makes write-ahead logs.
 *
 * @since 0.1
 */
public interface WriteAheadLogProvider extends Provider {
  /**
   * A log that is not open yet; touches nothing.
   *
   * @return a new log
   */
  WriteAheadLog create();
}
