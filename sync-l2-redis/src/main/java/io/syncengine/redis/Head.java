// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.syncengine.model.CorruptDataException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The head of the change log, which each commit moves. It is a string, so that it is read with the
 * items in one MGET, which is one snapshot.
 *
 * @param sequence of the newest change row; 0 if there is none
 * @param tag of that row; 0 if there is none
 * @param highestVersion that was ever committed; 0 if there is none
 * @param horizonMillis up to when tombstones were purged
 * @param databaseId random, made with it
 */
record Head(long sequence, long tag, long highestVersion, long horizonMillis, String databaseId) {
  private static final byte FORMAT = 1;
  private static final int FIXED_BYTES = 1 + 4 * Long.BYTES;

  /**
   * Reads it.
   *
   * @return the head
   * @throws CorruptDataException if it is none of this format
   */
  static Head decode(byte[] bytes) {
    if (bytes.length <= FIXED_BYTES || bytes[0] != FORMAT) {
      throw new CorruptDataException(
          "the head of the change log in Redis is damaged; restore it from a backup",
          null,
          "a head of format " + FORMAT,
          bytes.length + " bytes");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes, 1, bytes.length - 1);
    return new Head(
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        new String(bytes, FIXED_BYTES, bytes.length - FIXED_BYTES, StandardCharsets.UTF_8));
  }

  /** One without changes. */
  static byte[] encodeNew(String databaseId) {
    byte[] id = databaseId.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(FIXED_BYTES + id.length).put(FORMAT).put(FIXED_BYTES, id).array();
  }
}
