// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

/**
 * Checks of arguments, for implementations of {@link Snapshots}.
 *
 * @since 0.1
 */
public final class SnapshotArguments {
  /** The longest name, in characters. */
  public static final int MAX_NAME = 64;

  /** The largest chunk, in bytes. */
  public static final int MAX_CHUNK = 1 << 20;

  private SnapshotArguments() {}

  /**
   * Checks a name.
   *
   * @param name what was given
   * @return the same
   * @throws IllegalArgumentException if it does not have 1 to {@value #MAX_NAME} characters
   */
  public static String name(String name) {
    if (name.isEmpty() || name.length() > MAX_NAME) {
      throw new IllegalArgumentException(
          "the name of a snapshot has " + name.length() + " characters; 1 to 64 are allowed");
    }
    return name;
  }

  /**
   * Checks a chunk.
   *
   * @param chunk what was given
   * @return the same
   * @throws IllegalArgumentException if it does not have 1 to {@value #MAX_CHUNK} bytes
   */
  public static byte[] chunk(byte[] chunk) {
    if (chunk.length == 0 || chunk.length > MAX_CHUNK) {
      throw new IllegalArgumentException(
          "a chunk of a snapshot has " + chunk.length + " bytes; 1 to 1048576 are allowed");
    }
    return chunk;
  }

  /**
   * Checks how many chunks there were.
   *
   * @param count how many
   * @throws IllegalArgumentException if there was none
   */
  public static void count(int count) {
    if (count == 0) {
      throw new IllegalArgumentException("a snapshot has no chunks; at least one is needed");
    }
  }
}
