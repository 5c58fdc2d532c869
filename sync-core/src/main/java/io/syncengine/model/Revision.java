// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What orders all writes of one id: version, then tombstone over value, then content hash (unsigned
 * bytes). No tier ever replaces a higher revision by a lower one; an equal one is the same write.
 * Immutable.
 *
 * @since 0.1
 */
public final class Revision implements Comparable<Revision> {
  /** The length of a content hash (SHA-256), in bytes. */
  public static final int HASH_BYTES = 32;

  private static final byte[] NO_CONTENT = new byte[HASH_BYTES];

  private final long version;
  private final boolean tombstone;
  private final byte[] contentHash;

  private Revision(long version, boolean tombstone, byte[] contentHash) {
    if (version <= 0) {
      throw new IllegalArgumentException("version is " + version + "; it must be 1 or more");
    }
    this.version = version;
    this.tombstone = tombstone;
    this.contentHash = contentHash;
  }

  /**
   * The revision of a value.
   *
   * @param version 1 or more
   * @param contentHash the SHA-256 of the content, {@value #HASH_BYTES} bytes; copied
   * @return the revision
   * @throws IllegalArgumentException for a version below 1 or a hash of another length
   */
  public static Revision ofValue(long version, byte[] contentHash) {
    Objects.requireNonNull(contentHash, "contentHash");
    if (contentHash.length != HASH_BYTES) {
      throw new IllegalArgumentException(
          "contentHash has " + contentHash.length + " bytes; SHA-256 has " + HASH_BYTES);
    }
    return new Revision(version, false, contentHash.clone());
  }

  /**
   * The revision of a delete; its content hash is all zero.
   *
   * @param version 1 or more
   * @return the revision
   * @throws IllegalArgumentException for a version below 1
   */
  public static Revision ofTombstone(long version) {
    return new Revision(version, true, NO_CONTENT);
  }

  /**
   * The version, 1 or more: a hybrid logical clock's in engine mode, the caller's in caller mode.
   *
   * @return the version
   */
  public long version() {
    return version;
  }

  /**
   * Whether the write was a delete.
   *
   * @return true for a delete
   */
  public boolean tombstone() {
    return tombstone;
  }

  /**
   * The SHA-256 of the content; all zero for a tombstone.
   *
   * @return a copy, {@value #HASH_BYTES} bytes
   */
  public byte[] contentHash() {
    return contentHash.clone();
  }

  /**
   * Whether this revision replaces another.
   *
   * @param other the other revision, or null for none
   * @return true if {@code other} is null or lower
   */
  public boolean isAbove(@Nullable Revision other) {
    return other == null || compareTo(other) > 0;
  }

  @Override
  public int compareTo(Revision other) {
    int byVersion = Long.compare(version, other.version);
    if (byVersion != 0) {
      return byVersion;
    }
    if (tombstone != other.tombstone) {
      return tombstone ? 1 : -1;
    }
    return Arrays.compareUnsigned(contentHash, other.contentHash);
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof Revision other && compareTo(other) == 0;
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(version) + Arrays.hashCode(contentHash) + (tombstone ? 1 : 0);
  }

  @Override
  public String toString() {
    return tombstone
        ? version + "/tombstone"
        : version + "/" + HexFormat.of().formatHex(contentHash, 0, 4);
  }
}
