// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.syncengine.spi.CacheSpace;
import io.syncengine.spi.IdHash;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The names of all keys of a space; docs/data-layout.md says what they hold. All of a lane have the
 * same hash tag, and so are of one slot of a Cluster.
 */
final class CacheKeys {
  /** How many lanes there are; stored data depends on it. */
  static final int LANES = 256;

  /** As in {@code {7f}}. */
  private static final int TAG_BYTES = 4;

  private final byte[] state;
  private final byte[] items;
  private final byte[][] lanes = new byte[LANES][];

  CacheKeys(String namespace, CacheSpace space) {
    HexFormat hex = HexFormat.of();
    String prefix =
        prefix(namespace, space.databaseId()) + Long.toHexString(space.generation()) + ":";
    this.state = (prefix + "state").getBytes(UTF_8);
    this.items = (glob(prefix) + "{[0-9a-f][0-9a-f]}:*").getBytes(UTF_8);
    for (int lane = 0; lane < LANES; lane++) {
      lanes[lane] = (prefix + "{" + hex.toHexDigits((byte) lane) + "}").getBytes(UTF_8);
    }
  }

  private static String prefix(String namespace, String databaseId) {
    return Keys.prefix(namespace) + "c:" + HexFormat.of().toHexDigits(IdHash.of(databaseId)) + ":";
  }

  /** The channel by which instances on a ground truth wake each other; no key. */
  static byte[] wakeChannel(String namespace, String databaseId) {
    return (prefix(namespace, databaseId) + "wake").getBytes(UTF_8);
  }

  /** The lane of an id. */
  static int lane(String id) {
    return lane(IdHash.of(id));
  }

  /** The lane of an id, of which the hash is known. */
  static int lane(long hash) {
    return (int) hash & (LANES - 1);
  }

  /** What is known of the space. */
  byte[] state() {
    return state;
  }

  /** The number of a lane. */
  byte[] number(int lane) {
    return lanes[lane];
  }

  /** One of a lane that is never there. */
  byte[] nothing(int lane) {
    return key(lane, '!', new byte[0]);
  }

  /** A glob of the keys of all items. */
  byte[] items() {
    return items;
  }

  private static String glob(String literal) {
    return literal.replaceAll("[*?\\[\\]\\\\^-]", "\\\\$0");
  }

  /** Whether a key is one of an item of this space, of whatever id. */
  boolean isItem(byte[] key) {
    for (byte[] tag : lanes) {
      if (key.length > tag.length + 1
          && key[tag.length] == ':'
          && Arrays.equals(key, 0, tag.length, tag, 0, tag.length)) {
        return true;
      }
    }
    return false;
  }

  /** The lane of the key of an item. */
  int laneOf(byte[] key) {
    int tag = lanes[0].length - TAG_BYTES;
    return Integer.parseInt(new String(key, tag + 1, 2, UTF_8), 16);
  }

  /** What stands for the id in the key of an item. */
  byte[] idOf(byte[] key) {
    return Arrays.copyOfRange(key, lanes[0].length + 1, key.length);
  }

  /** A key as text, each byte a character, for {@link #named}: keys need not be UTF-8. */
  static String name(byte[] key) {
    return new String(key, ISO_8859_1);
  }

  /** The key that has a name. */
  static byte[] named(String name) {
    return name.getBytes(ISO_8859_1);
  }

  byte[] item(int lane, String id) {
    return key(lane, ':', id.getBytes(UTF_8));
  }

  private byte[] key(int lane, char mark, byte[] rest) {
    byte[] tag = lanes[lane];
    byte[] key = new byte[tag.length + 1 + rest.length];
    System.arraycopy(tag, 0, key, 0, tag.length);
    key[tag.length] = (byte) mark;
    System.arraycopy(rest, 0, key, tag.length + 1, rest.length);
    return key;
  }
}
