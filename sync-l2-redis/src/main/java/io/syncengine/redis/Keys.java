// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import java.nio.charset.StandardCharsets;

/** The names of all keys of a namespace; docs/data-layout.md says what they hold. */
final class Keys {
  /** The prefix of the empty namespace; no other can have it, since it has a hyphen. */
  private static final String DEFAULT_PREFIX = "sync-engine";

  private final byte[] itemPrefix;
  private final byte[] head;
  private final byte[] meta;
  private final byte[] changes;
  private final byte[] ids;
  private final byte[] tombstones;
  private final byte[] tombstoneIds;
  private final byte[] readers;
  private final byte[] nothing;

  Keys(String namespace) {
    String prefix = prefix(namespace);
    this.itemPrefix = utf8(prefix + "item:");
    this.head = utf8(prefix + "head");
    this.meta = utf8(prefix + "meta");
    this.changes = utf8(prefix + "changes");
    this.ids = utf8(prefix + "ids");
    this.tombstones = utf8(prefix + "tombstones");
    this.tombstoneIds = utf8(prefix + "tombstone_ids");
    this.readers = utf8(prefix + "readers");
    this.nothing = utf8(prefix + "nothing");
  }

  /** What all keys of a namespace begin with. */
  static String prefix(String namespace) {
    return (namespace.isEmpty() ? DEFAULT_PREFIX : namespace) + ":";
  }

  byte[] item(String id) {
    byte[] bytes = utf8(id);
    byte[] key = new byte[itemPrefix.length + bytes.length];
    System.arraycopy(itemPrefix, 0, key, 0, itemPrefix.length);
    System.arraycopy(bytes, 0, key, itemPrefix.length, bytes.length);
    return key;
  }

  /** What stands before an id. */
  byte[] itemPrefix() {
    return itemPrefix;
  }

  byte[] head() {
    return head;
  }

  byte[] meta() {
    return meta;
  }

  byte[] changes() {
    return changes;
  }

  /** The ids that are live. */
  byte[] ids() {
    return ids;
  }

  /** The ids that are tombstones, by the time of acceptance. */
  byte[] tombstones() {
    return tombstones;
  }

  /** The same ids, by their bytes. */
  byte[] tombstoneIds() {
    return tombstoneIds;
  }

  /** Who reads the change log, and from where on. */
  byte[] readers() {
    return readers;
  }

  /** One that is never there. */
  byte[] nothing() {
    return nothing;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
