// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.syncengine.redis.RedisUrl.Host;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The commands of one call on their ways through a Cluster, in rounds: in each, every node gets
 * what is for it in one pipeline; what it has certainly not done goes on to the next round. For one
 * thread.
 */
final class ClusterCall {
  /** After so many rounds a command keeps the last refusal as its reply; some 300 ms. */
  private static final int ROUNDS = 10;

  /** Redirections that are followed at once, as from a table that is old to a slot that moves. */
  private static final int ROUNDS_AT_ONCE = 3;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(64);
  private static final Command ASKING = Command.of("ASKING").build();

  private final ClusterNodes nodes;
  private final ClusterTopology topology;
  private final Senders senders;
  private final List<Command> commands;
  private final long end;
  private final @Nullable Object[] replies;
  private final Set<String> from = new HashSet<>();
  private List<Errand> next = new ArrayList<>();
  private boolean wait;
  private @Nullable ConnectionException failure;

  ClusterCall(
      ClusterNodes nodes,
      ClusterTopology topology,
      Senders senders,
      List<Command> commands,
      Duration timeout) {
    this.nodes = nodes;
    this.topology = topology;
    this.senders = senders;
    this.commands = commands;
    this.end = System.nanoTime() + timeout.toNanos();
    this.replies = new Object[commands.size()];
  }

  /**
   * A command on its way.
   *
   * @param index which one
   * @param to the node
   * @param asking whether the node is to do it though the slot is not its own yet
   */
  private record Errand(int index, Host to, boolean asking) {}

  /** What a node was sent, and its replies to come. */
  private record Sent(Host to, List<Errand> errands, Future<Replies> replies) {}

  Replies run() throws ConnectionException {
    for (int i = 0; i < commands.size(); i++) {
      route(i);
    }
    for (int round = 0; round < ROUNDS && mayGoOn(round); round++) {
      List<Errand> errands = next;
      next = new ArrayList<>();
      wait = false;
      send(errands).forEach(this::take);
    }
    if (from.isEmpty() && failure != null) {
      throw failure;
    }
    return new Replies(Arrays.asList(replies), from);
  }

  private void route(int index) {
    SlotTable table = topology.table();
    byte[] key = commands.get(index).key();
    Host owner = key == null ? table.masters().get(0) : table.owner(SlotTable.slotOf(key));
    if (owner == null) {
      // Whoever it is knows better, or says that the Cluster is down.
      topology.isWrong(null);
      owner = table.masters().get(0);
    }
    next.add(new Errand(index, owner, false));
  }

  /** Whether something is left to be sent, and time; the first round needs none. */
  private boolean mayGoOn(int round) throws ConnectionException {
    if (next.isEmpty()) {
      return false;
    }
    if (round == 0) {
      return true;
    }
    long pause = 0;
    if (wait || round >= ROUNDS_AT_ONCE) {
      pause = Math.min(FIRST_PAUSE.toNanos() << round, LONGEST_PAUSE.toNanos());
    }
    if (end - System.nanoTime() <= pause) {
      return false;
    }
    try {
      TimeUnit.NANOSECONDS.sleep(pause);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConnectionException("interrupted", null, e);
    }
  }

  private List<Sent> send(List<Errand> errands) {
    Map<Host, List<Errand>> byNode = new LinkedHashMap<>();
    errands.forEach(e -> byNode.computeIfAbsent(e.to, host -> new ArrayList<>()).add(e));
    List<Callable<Replies>> works = new ArrayList<>(byNode.size());
    byNode.forEach((host, those) -> works.add(() -> nodes.send(host, pipeline(those), left())));
    Iterator<Future<Replies>> begun = senders.begin(works).iterator();
    List<Sent> sent = new ArrayList<>(byNode.size());
    byNode.forEach((host, those) -> sent.add(new Sent(host, those, begun.next())));
    return sent;
  }

  private List<Command> pipeline(List<Errand> errands) {
    List<Command> pipeline = new ArrayList<>(errands.size());
    for (Errand errand : errands) {
      if (errand.asking) {
        pipeline.add(ASKING);
      }
      pipeline.add(commands.get(errand.index));
    }
    return pipeline;
  }

  private Duration left() {
    return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
  }

  private void take(Sent sent) {
    try {
      Replies those = Senders.result(sent.replies, left());
      from.addAll(those.from());
      int at = 0;
      for (Errand errand : sent.errands) {
        at += errand.asking ? 1 : 0;
        take(errand, those.all().get(at++));
      }
    } catch (ConnectionException e) {
      failure = e;
      sent.errands.forEach(errand -> replies[errand.index] = ErrorReply.UNREACHED);
      if (e.isWhileConnecting()) {
        wait = true;
        next.addAll(sent.errands);
      } else {
        topology.isWrong(sent.to);
      }
    }
  }

  private void take(Errand errand, @Nullable Object reply) {
    replies[errand.index] = reply;
    if (!(reply instanceof ErrorReply error)) {
      return;
    }
    switch (error.code()) {
      case "MOVED" -> {
        Host owner = error.redirection(errand.to);
        topology.isMovedTo(owner);
        next.add(new Errand(errand.index, owner, false));
      }
      case "ASK" -> next.add(new Errand(errand.index, error.redirection(errand.to), true));
      case "TRYAGAIN", "LOADING" -> again(errand);
      case "CLUSTERDOWN" -> {
        topology.isWrong(errand.to);
        again(errand);
      }
      default -> {}
    }
  }

  /** By the table of then. */
  private void again(Errand errand) {
    wait = true;
    route(errand.index);
  }
}
