// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.testkit.servers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** How the servers of a Redis come to be one, and when they are. */
interface RedisTopology {
  /** The name under which Sentinels know the master. */
  String MASTER = "main";

  /** Adds the servers and tells them of each other; they may take a while to be one. */
  void build(Redis redis, List<String> options) throws IOException;

  /** Throws while they are not. */
  void check(Redis redis) throws IOException;

  /** That of a kind. */
  static RedisTopology of(RedisKind kind) {
    return switch (kind) {
      case STANDALONE, TLS -> new Standalone();
      case SENTINEL -> new Sentinel();
      case CLUSTER -> new Cluster();
    };
  }

  /** One server. */
  final class Standalone implements RedisTopology {
    @Override
    public void build(Redis redis, List<String> options) throws IOException {
      redis.addNode(options);
    }

    @Override
    public void check(Redis redis) throws IOException {
      redis.nodes().get(0).call("PING");
    }
  }

  /** A master, a replica, and three Sentinels of which two have to agree. */
  final class Sentinel implements RedisTopology {
    private static final int SENTINELS = 3;

    @Override
    public void build(Redis redis, List<String> options) throws IOException {
      int master = redis.addNode(options).port();
      redis.addNode(options, "replicaof 127.0.0.1 " + master);
      for (int i = 0; i < SENTINELS; i++) {
        redis.addSentinel(
            "sentinel monitor " + MASTER + " 127.0.0.1 " + master + " 2",
            "sentinel auth-pass " + MASTER + " " + redis.password(),
            "sentinel down-after-milliseconds " + MASTER + " 2000",
            "sentinel failover-timeout " + MASTER + " 6000");
      }
    }

    // Whole: one is master, the other follows it, and each Sentinel knows these two, takes neither
    // for down, and knows the other Sentinels.
    @Override
    public void check(Redis redis) throws IOException {
      List<String> first = redis.nodes().get(0).call("ROLE");
      List<String> second = redis.nodes().get(1).call("ROLE");
      boolean firstLeads = first.get(0).equals("master");
      if (firstLeads && second.get(0).equals("master")) {
        follow(redis);
      }
      require(firstLeads != second.get(0).equals("master"), "there is not one master");
      require((firstLeads ? second : first).contains("connected"), "the replica does not follow");
      String port = Integer.toString(redis.nodes().get(firstLeads ? 0 : 1).port());
      for (RedisNode sentinel : redis.sentinels()) {
        List<String> master = sentinel.call("SENTINEL", "MASTER", MASTER);
        require(field(master, "port").equals(port), "a Sentinel thinks of another master");
        require(field(master, "flags").equals("master"), "a Sentinel takes the master for sick");
        require(field(master, "num-other-sentinels").equals("2"), "a Sentinel misses another");
        require(field(master, "num-slaves").equals("1"), "a Sentinel does not see one replica");
        List<String> replica = sentinel.call("SENTINEL", "REPLICAS", MASTER);
        require(field(replica, "flags").equals("slave"), "a Sentinel takes the replica for sick");
      }
    }

    /**
     * Tells a master that has come back whom the Sentinels have chosen meanwhile. They would do it
     * themselves, after ten seconds and more.
     */
    private static void follow(Redis redis) throws IOException {
      Set<String> chosen = new HashSet<>();
      for (RedisNode sentinel : redis.sentinels()) {
        chosen.add(sentinel.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER).get(1));
      }
      require(chosen.size() == 1, "the Sentinels do not agree on a master");
      String port = chosen.iterator().next();
      for (RedisNode node : redis.nodes()) {
        if (!port.equals(Integer.toString(node.port()))) {
          node.call("REPLICAOF", "127.0.0.1", port);
        }
      }
    }

    private static String field(List<String> reply, String name) {
      return reply.get(reply.indexOf(name) + 1);
    }
  }

  /** Three masters without replicas. */
  final class Cluster implements RedisTopology {
    private static final int MASTERS = 3;
    private static final int SLOTS = 16_384;

    @Override
    public void build(Redis redis, List<String> options) throws IOException {
      List<Integer> buses = new ArrayList<>();
      for (int i = 0; i < MASTERS; i++) {
        buses.add(redis.reservePort());
        redis.addNode(
            options,
            "cluster-enabled yes",
            "cluster-port " + buses.get(i),
            "cluster-node-timeout 2000");
      }
      RedisNode first = redis.nodes().get(0);
      for (int i = 0; i < MASTERS; i++) {
        RedisNode node = redis.nodes().get(i);
        node.call(
            "CLUSTER",
            "ADDSLOTSRANGE",
            Integer.toString(SLOTS * i / MASTERS),
            Integer.toString(SLOTS * (i + 1) / MASTERS - 1));
        node.call("CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(i + 1));
        if (i > 0) {
          first.call(
              "CLUSTER",
              "MEET",
              "127.0.0.1",
              Integer.toString(node.port()),
              Integer.toString(buses.get(i)));
        }
      }
    }

    @Override
    public void check(Redis redis) throws IOException {
      for (RedisNode node : redis.nodes()) {
        List<String> info = node.call("CLUSTER", "INFO").get(0).lines().toList();
        require(info.contains("cluster_state:ok"), "the Cluster is down");
        require(info.contains("cluster_slots_ok:" + SLOTS), "slots are missing");
        require(info.contains("cluster_known_nodes:" + MASTERS), "a server misses another");
      }
    }
  }

  private static void require(boolean holds, String otherwise) throws IOException {
    if (!holds) {
      throw new IOException(otherwise);
    }
  }
}
