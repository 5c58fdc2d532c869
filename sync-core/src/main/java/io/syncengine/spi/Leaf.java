// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import io.syncengine.model.Revision;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The leaf digest of a live item: SHA-256 over the byte {@code 'L'}, the id's length in bytes (2,
 * big-endian), the id, the version (8, big-endian) and the content hash (32). A tombstone and an
 * absent id have the leaf of 32 zero bytes. Leaves are added modulo 2^256, as unsigned big-endian
 * numbers (Bellare and Micciancio's AdHash, EUROCRYPT 1997, with the set as its input). Stored data
 * depends on it.
 *
 * @since 0.1
 */
public final class Leaf {
  /** The length of a leaf, in bytes. */
  public static final int BYTES = 32;

  private Leaf() {}

  /**
   * The leaf of an item.
   *
   * @param id the id
   * @param revision its revision
   * @return {@value #BYTES} bytes, all zero for a tombstone
   */
  public static byte[] of(String id, Revision revision) {
    if (revision.tombstone()) {
      return new byte[BYTES];
    }
    byte[] utf8 = id.getBytes(StandardCharsets.UTF_8);
    ByteBuffer input = ByteBuffer.allocate(1 + 2 + utf8.length + 8 + Revision.HASH_BYTES);
    input.put((byte) 'L').putShort((short) utf8.length).put(utf8);
    input.putLong(revision.version()).put(revision.contentHash());
    try {
      return MessageDigest.getInstance("SHA-256").digest(input.array());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /**
   * What has to be added to a sum that holds one leaf so that it holds another instead.
   *
   * @param before the leaf that goes, {@value #BYTES} bytes
   * @param after the leaf that comes, {@value #BYTES} bytes
   * @return after − before modulo 2^256
   */
  public static byte[] delta(byte[] before, byte[] after) {
    byte[] result = new byte[BYTES];
    int borrow = 0;
    for (int i = BYTES - 1; i >= 0; i--) {
      int d = (after[i] & 0xFF) - (before[i] & 0xFF) - borrow;
      borrow = d < 0 ? 1 : 0;
      result[i] = (byte) d;
    }
    return result;
  }

  /**
   * Adds to a sum in place.
   *
   * @param sum the sum, {@value #BYTES} bytes; changed
   * @param summand what is added, {@value #BYTES} bytes
   */
  public static void add(byte[] sum, byte[] summand) {
    add(sum, 0, summand);
  }

  /**
   * Adds in place to one of several sums that stand one after the other.
   *
   * @param sums the sums; that one is changed
   * @param at where it begins, in bytes
   * @param summand what is added, {@value #BYTES} bytes
   */
  public static void add(byte[] sums, int at, byte[] summand) {
    int carry = 0;
    for (int i = BYTES - 1; i >= 0; i--) {
      int s = (sums[at + i] & 0xFF) + (summand[i] & 0xFF) + carry;
      carry = s >>> 8;
      sums[at + i] = (byte) s;
    }
  }
}
