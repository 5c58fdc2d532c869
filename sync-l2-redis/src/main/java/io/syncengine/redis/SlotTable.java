// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.syncengine.redis.RedisUrl.Host;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which node of a Cluster serves which slot, as one of them has told. Immutable. */
final class SlotTable {
  /** How many slots each Cluster has. */
  static final int SLOTS = 16_384;

  private static final int[] CRC16 = crc16();

  private final @Nullable Host[] owners;
  private final List<Host> masters;

  private SlotTable(@Nullable Host[] owners) {
    this.owners = owners;
    Set<Host> found = new LinkedHashSet<>(Arrays.asList(owners));
    found.remove(null);
    this.masters = List.copyOf(found);
  }

  /**
   * Reads the reply of CLUSTER SLOTS.
   *
   * @param asked who said so; stands for a node whose host is not told
   */
  static SlotTable of(List<?> reply, Host asked) {
    @Nullable Host[] owners = new Host[SLOTS];
    for (Object one : reply) {
      List<?> range = (List<?>) one;
      List<?> master = (List<?>) range.get(2);
      Host owner = host((byte[]) master.get(0), (Long) master.get(1), asked);
      Arrays.fill(owners, number(range.get(0)), number(range.get(1)) + 1, owner);
    }
    return new SlotTable(owners);
  }

  private static int number(Object integer) {
    return Math.toIntExact((Long) integer);
  }

  private static Host host(byte @Nullable [] name, long port, Host asked) {
    String text = name == null ? "" : new String(name, StandardCharsets.UTF_8);
    return host(text, Math.toIntExact(port), asked);
  }

  /** A node, as nodes name it: without a host, or with a question mark, it is that of the asked. */
  static Host host(String name, int port, Host asked) {
    return new Host(name.isEmpty() || name.equals("?") ? asked.name() : name, port);
  }

  /** Who serves a slot; null if nobody does. */
  @Nullable Host owner(int slot) {
    return owners[slot];
  }

  /** Those that serve slots, each once, in the order of slots. */
  List<Host> masters() {
    return masters;
  }

  /** A key's slot: that of its hash tag, what stands in the first braces, if that is not empty. */
  static int slotOf(byte[] key) {
    int from = indexOf(key, '{', 0) + 1;
    int to = from == 0 ? -1 : indexOf(key, '}', from);
    return to > from ? slotOf(key, from, to) : slotOf(key, 0, key.length);
  }

  private static int indexOf(byte[] key, char wanted, int from) {
    for (int i = from; i < key.length; i++) {
      if (key[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  private static int slotOf(byte[] key, int from, int to) {
    int crc = 0;
    for (int i = from; i < to; i++) {
      crc = (crc << 8 ^ CRC16[(crc >>> 8 ^ key[i]) & 0xFF]) & 0xFFFF;
    }
    return crc % SLOTS;
  }

  /** CRC-16/XMODEM, as in the appendix of Redis' cluster specification. */
  private static int[] crc16() {
    int[] table = new int[256];
    for (int i = 0; i < table.length; i++) {
      int crc = i << 8;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 0x8000) == 0 ? crc << 1 : crc << 1 ^ 0x1021;
      }
      table[i] = crc & 0xFFFF;
    }
    return table;
  }
}
