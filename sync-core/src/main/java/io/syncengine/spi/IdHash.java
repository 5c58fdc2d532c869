// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.spi;

import java.nio.charset.StandardCharsets;

/**
 * The hash of an id that places it in a digest bucket, a cache lane and a filter: XXH64 with seed 0
 * over its UTF-8 bytes (Yann Collet, xxHash specification 0.1.1). Stored data depends on it; it
 * never changes under one format version. Not for adversaries: a caller who chooses ids can make
 * buckets uneven, never wrong.
 *
 * @since 0.1
 */
public final class IdHash {
  /** How many digest buckets there are. */
  public static final int BUCKETS = 65_536;

  private static final long P1 = 0x9E3779B185EBCA87L;
  private static final long P2 = 0xC2B2AE3D27D4EB4FL;
  private static final long P3 = 0x165667B19E3779F9L;
  private static final long P4 = 0x85EBCA77C2B2AE63L;
  private static final long P5 = 0x27D4EB2F165667C5L;

  private IdHash() {}

  /**
   * The hash of an id.
   *
   * @param id the id
   * @return 64 bits, evenly spread
   */
  public static long of(String id) {
    return of(id.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The digest bucket of an id: the upper 16 bits of its hash.
   *
   * @param hash from {@link #of(String)}
   * @return 0 to {@value #BUCKETS} − 1
   */
  public static int bucket(long hash) {
    return (int) (hash >>> 48);
  }

  static long of(byte[] b) {
    int end = b.length;
    int i = 0;
    long h;
    if (end >= 32) {
      @SuppressWarnings("ConstantOverflow") // modulo 2^64, as the specification has it
      long v1 = P1 + P2;
      long v2 = P2;
      long v3 = 0;
      long v4 = -P1;
      for (; i <= end - 32; i += 32) {
        v1 = round(v1, long64(b, i));
        v2 = round(v2, long64(b, i + 8));
        v3 = round(v3, long64(b, i + 16));
        v4 = round(v4, long64(b, i + 24));
      }
      h =
          Long.rotateLeft(v1, 1)
              + Long.rotateLeft(v2, 7)
              + Long.rotateLeft(v3, 12)
              + Long.rotateLeft(v4, 18);
      h = merge(merge(merge(merge(h, v1), v2), v3), v4);
    } else {
      h = P5;
    }
    h += end;
    for (; i <= end - 8; i += 8) {
      h = Long.rotateLeft(h ^ round(0, long64(b, i)), 27) * P1 + P4;
    }
    if (i <= end - 4) {
      h = Long.rotateLeft(h ^ (int32(b, i) & 0xFFFFFFFFL) * P1, 23) * P2 + P3;
      i += 4;
    }
    for (; i < end; i++) {
      h = Long.rotateLeft(h ^ (b[i] & 0xFF) * P5, 11) * P1;
    }
    h = (h ^ (h >>> 33)) * P2;
    h = (h ^ (h >>> 29)) * P3;
    return h ^ (h >>> 32);
  }

  private static long round(long accumulator, long input) {
    return Long.rotateLeft(accumulator + input * P2, 31) * P1;
  }

  private static long merge(long hash, long accumulator) {
    return (hash ^ round(0, accumulator)) * P1 + P4;
  }

  private static long long64(byte[] b, int i) {
    return (int32(b, i) & 0xFFFFFFFFL) | ((long) int32(b, i + 4) << 32);
  }

  private static int int32(byte[] b, int i) {
    return (b[i] & 0xFF) | ((b[i + 1] & 0xFF) << 8) | ((b[i + 2] & 0xFF) << 16) | (b[i + 3] << 24);
  }
}
