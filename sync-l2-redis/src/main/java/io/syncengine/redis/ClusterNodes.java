// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.syncengine.redis.RedisUrl.Host;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** The clients of a Cluster's nodes, each made when it is first used. Safe from any thread. */
// Concurrency: `nodes` is a concurrent map, whose clients are made without I/O; a closed one is
// never in it for long. `closed` is volatile, set once, and looked at again by who has put a node
// into the map. A Node's monitor guards its fields and is not held over I/O.
final class ClusterNodes implements AutoCloseable {
  private final Function<Host, RedisClient> connector;
  private final Map<Host, Node> nodes = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /**
   * Over a client library.
   *
   * @param connector makes a client of one node, which connects when it is used
   */
  ClusterNodes(Function<Host, RedisClient> connector) {
    this.connector = connector;
  }

  /** A client, which is closed when its node has left and the last call over it has ended. */
  private static final class Node {
    private final RedisClient client;
    private int calls;
    private boolean left;

    Node(RedisClient client) {
      this.client = client;
    }

    /** Begins a call, unless the node has left. */
    synchronized boolean enter() {
      if (!left) {
        calls++;
      }
      return !left;
    }

    void exit() {
      if (isLastExit()) {
        client.close();
      }
    }

    private synchronized boolean isLastExit() {
      calls--;
      return left && calls == 0;
    }

    void leave() {
      if (isUnused()) {
        client.close();
      }
    }

    private synchronized boolean isUnused() {
      boolean first = !left;
      left = true;
      return first && calls == 0;
    }
  }

  /** As {@link RedisClient#send}, to one node. */
  Replies send(Host to, List<Command> commands, Duration timeout) throws ConnectionException {
    return with(to, client -> client.send(commands, timeout));
  }

  /** As {@link RedisClient#identities}, of one node. */
  Set<String> identities(Host of, Duration timeout) throws ConnectionException {
    return with(of, client -> client.identities(timeout));
  }

  /** As {@link RedisClient#renew}, for all nodes. */
  void renew() {
    nodes.values().forEach(node -> node.client.renew());
  }

  private <T> T with(Host host, Call<T> call) throws ConnectionException {
    Node node = enter(host);
    try {
      return call.over(node.client);
    } finally {
      node.exit();
    }
  }

  private interface Call<T> {
    T over(RedisClient client) throws ConnectionException;
  }

  private Node enter(Host to) throws ConnectionException {
    while (!closed) {
      Node node = nodes.computeIfAbsent(to, host -> new Node(connector.apply(host)));
      if (node.enter()) {
        if (!closed) {
          return node;
        }
        drop(to, node);
        node.exit();
      } else {
        nodes.remove(to, node);
      }
    }
    throw new ConnectionException("the client is closed", null, null);
  }

  /** Closes the clients of all nodes but these. Calls over them end as they would have. */
  void retain(Collection<Host> wanted) {
    nodes.forEach(
        (host, node) -> {
          if (!wanted.contains(host)) {
            drop(host, node);
          }
        });
  }

  private void drop(Host host, Node node) {
    nodes.remove(host, node);
    node.leave();
  }

  @Override
  public void close() {
    closed = true;
    retain(Set.of());
  }
}
