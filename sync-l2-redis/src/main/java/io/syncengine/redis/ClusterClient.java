// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.syncengine.redis.RedisUrl.Host;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;

/**
 * A Cluster, over clients of its nodes: each command goes to the node that has the slot of its key,
 * and one without a key to any node. Commands of one slot are done in their order, unless the slot
 * is on its way to another node.
 */
final class ClusterClient implements RedisClient {
  private final ClusterNodes nodes;
  private final ClusterTopology topology;
  private final Senders senders;

  private ClusterClient(ClusterNodes nodes, ClusterTopology topology, Senders senders) {
    this.nodes = nodes;
    this.topology = topology;
    this.senders = senders;
  }

  /**
   * Asks which node has which slot.
   *
   * @param connector makes a client of one node, which connects when it is used
   * @param askers asks for the slots when they have changed
   */
  static ClusterClient open(
      ConnectOptions options,
      Function<Host, RedisClient> connector,
      Senders senders,
      Executor askers)
      throws ConnectionException {
    ClusterNodes nodes = new ClusterNodes(connector);
    try {
      ClusterTopology topology =
          new ClusterTopology(nodes, options.url().hosts(), options.timeout(), askers);
      return new ClusterClient(nodes, topology, senders);
    } catch (ConnectionException | RuntimeException e) {
      nodes.close();
      throw e;
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>One pipelined round trip a node, all at once. A command that a node did not do because its
   * slot has moved, or is just moving, is sent again; one of which nobody knows whether it was done
   * has the reply {@link ErrorReply#UNREACHED}.
   *
   * @throws ConnectionException if no node has answered at all
   */
  @Override
  public Replies send(List<Command> commands, Duration timeout) throws ConnectionException {
    return new ClusterCall(nodes, topology, senders, commands, timeout).run();
  }

  @Override
  public String nodeOf(byte[] key) throws ConnectionException {
    Host owner = topology.table().owner(SlotTable.slotOf(key));
    if (owner == null) {
      topology.isWrong(null);
      throw new ConnectionException("nobody has the slot", null, null);
    }
    return name(owner);
  }

  private static String name(Host host) {
    return host.name() + ":" + host.port();
  }

  @Override
  public Replies sendTo(String node, List<Command> commands, Duration timeout)
      throws ConnectionException {
    Host to =
        topology.table().masters().stream()
            .filter(host -> name(host).equals(node))
            .findFirst()
            .orElseThrow(() -> new ConnectionException("the node has left", null, null));
    try {
      Replies replies = nodes.send(to, commands, timeout);
      for (Object reply : replies.all()) {
        if (reply instanceof ErrorReply error && error.code().equals("MOVED")) {
          topology.isMovedTo(error.redirection(to));
        }
      }
      return replies;
    } catch (ConnectionException e) {
      if (!e.isWhileConnecting()) {
        topology.isWrong(to);
      }
      throw e;
    }
  }

  @Override
  public Set<String> identities(Duration timeout) throws ConnectionException {
    List<Host> masters = topology.table().masters();
    long end = System.nanoTime() + timeout.toNanos();
    List<Callable<Set<String>>> works = new ArrayList<>();
    masters.forEach(host -> works.add(() -> nodes.identities(host, timeout)));
    List<Future<Set<String>>> begun = senders.begin(works);
    Set<String> identities = new HashSet<>();
    for (int i = 0; i < begun.size(); i++) {
      try {
        Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
        identities.addAll(Senders.result(begun.get(i), left));
      } catch (ConnectionException e) {
        topology.isWrong(masters.get(i));
        throw e;
      }
    }
    return identities;
  }

  /** One of the masters, another each time: what is told to one is heard at all of them. */
  Host anyMaster() {
    List<Host> masters = topology.table().masters();
    return masters.get(ThreadLocalRandom.current().nextInt(masters.size()));
  }

  @Override
  public void renew() {
    nodes.renew();
  }

  @Override
  public boolean oneSlotACommand() {
    return true;
  }

  @Override
  public void close() {
    nodes.close();
  }
}
