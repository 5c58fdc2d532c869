// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.syncengine.testkit.servers.RedisKeyspace;
import io.syncengine.testkit.servers.RedisNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Moves a slot of a Cluster from the node that has it to another, step by step. */
final class Reshard {
  private final RedisKeyspace keyspace;
  private final String slot;
  private final RedisNode source;
  private final RedisNode target;

  private Reshard(RedisKeyspace keyspace, int slot, RedisNode source, RedisNode target) {
    this.keyspace = keyspace;
    this.slot = Integer.toString(slot);
    this.source = source;
    this.target = target;
  }

  /** Says to both nodes that it is on its way; no key has moved yet. */
  static Reshard begin(RedisKeyspace keyspace, int slot) {
    List<RedisNode> nodes = keyspace.nodes();
    RedisNode source = owner(keyspace, slot);
    RedisNode target = nodes.get((nodes.indexOf(source) + 1) % nodes.size());
    Reshard reshard = new Reshard(keyspace, slot, source, target);
    target.command("CLUSTER", "SETSLOT", reshard.slot, "IMPORTING", id(source));
    source.command("CLUSTER", "SETSLOT", reshard.slot, "MIGRATING", id(target));
    return reshard;
  }

  /** Moves keys, all in one step. */
  void move(List<String> keys) {
    if (keys.isEmpty()) {
      return;
    }
    List<String> words =
        new ArrayList<>(
            List.of("MIGRATE", "127.0.0.1", Integer.toString(target.port()), "", "0", "5000"));
    words.addAll(List.of("AUTH2", keyspace.user(), keyspace.password(), "KEYS"));
    words.addAll(keys);
    source.command(words.toArray(String[]::new));
  }

  /** Moves what is left, and says to all that it has arrived. */
  void end() {
    for (List<String> keys = left(); !keys.isEmpty(); keys = left()) {
      move(keys);
    }
    String id = id(target);
    target.command("CLUSTER", "SETSLOT", slot, "NODE", id);
    source.command("CLUSTER", "SETSLOT", slot, "NODE", id);
    keyspace.nodes().forEach(node -> node.command("CLUSTER", "SETSLOT", slot, "NODE", id));
    // Whoever takes a slot before it has heard of the latest epoch may lose it again.
    RedisFixture.until("all know the latest", () -> epochs().count() == 1);
  }

  private Stream<String> epochs() {
    return keyspace.nodes().stream()
        .flatMap(node -> node.command("CLUSTER", "INFO").get(0).lines())
        .filter(line -> line.startsWith("cluster_current_epoch:"))
        .distinct();
  }

  /** Keys that have not moved yet, at most 100. */
  List<String> left() {
    return source.command("CLUSTER", "GETKEYSINSLOT", slot, "100");
  }

  /** From whom it is taken. */
  RedisNode source() {
    return source;
  }

  /** Who has a slot. */
  static RedisNode owner(RedisKeyspace keyspace, int slot) {
    return keyspace.nodes().get(owners(keyspace)[slot]);
  }

  /** Of each slot, which of the keyspace's nodes has it, as these say of themselves. */
  static int[] owners(RedisKeyspace keyspace) {
    int[] owners = new int[SlotTable.SLOTS];
    for (int i = 0; i < keyspace.nodes().size(); i++) {
      for (String range : ranges(keyspace.nodes().get(i))) {
        String[] ends = range.split("-");
        int from = Integer.parseInt(ends[0]);
        Arrays.fill(owners, from, Integer.parseInt(ends[ends.length - 1]) + 1, i);
      }
    }
    return owners;
  }

  private static List<String> ranges(RedisNode node) {
    return node.command("CLUSTER", "NODES")
        .get(0)
        .lines()
        .filter(line -> line.contains("myself"))
        .flatMap(line -> Arrays.stream(line.split(" ")).skip(8))
        .filter(range -> !range.startsWith("["))
        .toList();
  }

  private static String id(RedisNode node) {
    return node.command("CLUSTER", "MYID").get(0);
  }
}
