// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.wal;

import java.util.Map;
import java.util.Set;

/**
 * The options of the provider.
 *
 * @param reserveBytes size of the reserve file, 0 for none
 * @param checkpointBytes how much SQLite's own log may hold before it is merged into the file
 */
record LogOptions(long reserveBytes, long checkpointBytes) {
  static final String RESERVE_BYTES = "reserve_bytes";
  static final String CHECKPOINT_BYTES = "checkpoint_bytes";
  static final Set<String> KEYS = Set.of(RESERVE_BYTES, CHECKPOINT_BYTES);

  private static final long DEFAULT_BYTES = 4L << 20;
  private static final long MAX_BYTES = 1L << 30;
  private static final long MIN_CHECKPOINT_BYTES = 64L << 10;

  static LogOptions from(Map<String, String> properties) {
    return new LogOptions(
        bytes(properties, RESERVE_BYTES, 0),
        bytes(properties, CHECKPOINT_BYTES, MIN_CHECKPOINT_BYTES));
  }

  private static long bytes(Map<String, String> properties, String key, long least) {
    String value = properties.get(key);
    if (value == null) {
      return DEFAULT_BYTES;
    }
    long bytes;
    try {
      bytes = Long.parseLong(value.trim());
    } catch (NumberFormatException e) {
      bytes = -1;
    }
    if (bytes < least || bytes > MAX_BYTES) {
      throw new IllegalArgumentException(
          "sqlite."
              + key
              + " is '"
              + value
              + "'; it must be a number of bytes from "
              + least
              + " to "
              + MAX_BYTES);
    }
    return bytes;
  }
}
