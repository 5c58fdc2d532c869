// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.syncengine.redis.RedisUrl.Host;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Which node has which slot: learned at first, and anew when something says that it is wrong. */
// Concurrency: `table` is volatile and immutable. `asking` is taken by who asks anew, which only
// one does at a time; `askedAtNanos` is written by who has it, and volatile for those who look
// whether they should try to.
final class ClusterTopology {
  /** How long after one question the next may follow. */
  private static final Duration PAUSE = Duration.ofMillis(100);

  private static final System.Logger LOG = System.getLogger(ClusterTopology.class.getName());
  private static final Command SLOTS = Command.of("CLUSTER").add("SLOTS").build();

  private final ClusterNodes nodes;
  private final List<Host> seeds;
  private final Duration timeout;
  private final Executor executor;
  private final AtomicBoolean asking = new AtomicBoolean();
  private volatile long askedAtNanos;
  private volatile SlotTable table;

  /**
   * Asks the seeds.
   *
   * @param seeds some nodes, as they are configured
   * @param timeout how long asking may take
   * @param executor asks in the background, one question at a time
   */
  ClusterTopology(ClusterNodes nodes, List<Host> seeds, Duration timeout, Executor executor)
      throws ConnectionException {
    this.nodes = nodes;
    this.seeds = seeds;
    this.timeout = timeout;
    this.executor = executor;
    this.askedAtNanos = System.nanoTime();
    this.table = ask(seeds);
  }

  /** What is known now. */
  SlotTable table() {
    return table;
  }

  /** Asks anew, in the background, who has moved a slot or knows where it went. */
  void isMovedTo(Host knows) {
    Set<Host> order = new LinkedHashSet<>(List.of(knows));
    order.addAll(table.masters());
    refresh(order);
  }

  /**
   * Asks anew, in the background.
   *
   * @param silent is asked last; null if none is
   */
  void isWrong(@Nullable Host silent) {
    Set<Host> order = new LinkedHashSet<>(table.masters());
    order.addAll(seeds);
    if (silent != null && order.remove(silent)) {
      order.add(silent);
    }
    refresh(order);
  }

  /** Does nothing if that is being done or was begun a moment ago: who needs it will ask again. */
  private void refresh(Collection<Host> order) {
    long now = System.nanoTime();
    if (now - askedAtNanos < PAUSE.toNanos() || !asking.compareAndSet(false, true)) {
      return;
    }
    askedAtNanos = now;
    try {
      executor.execute(() -> replace(order));
    } catch (RejectedExecutionException e) {
      asking.set(false);
      LOG.log(System.Logger.Level.DEBUG, "the Cluster is not asked for its slots any more", e);
    }
  }

  private void replace(Collection<Host> order) {
    try {
      SlotTable told = ask(order);
      table = told;
      nodes.retain(told.masters());
    } catch (ConnectionException e) {
      LOG.log(System.Logger.Level.DEBUG, "no node of the Cluster tells its slots", e);
    } finally {
      asking.set(false);
    }
  }

  /** Asks one after the other; each may take half of the time that is left. */
  private SlotTable ask(Collection<Host> order) throws ConnectionException {
    long end = System.nanoTime() + timeout.toNanos();
    ConnectionException failure = null;
    for (Host host : order) {
      try {
        return ask(host, Duration.ofNanos((end - System.nanoTime()) / 2));
      } catch (ConnectionException e) {
        // What a server has said says more than that another is not there.
        if (failure == null || failure.reply() == null) {
          failure = e;
        }
      }
    }
    throw failure == null ? new ConnectionException("nobody to ask", null, null) : failure;
  }

  private SlotTable ask(Host host, Duration within) throws ConnectionException {
    Object reply = nodes.send(host, List.of(SLOTS), within).first();
    if (reply instanceof ErrorReply error) {
      throw new ConnectionException("the slots are not told", error, null);
    }
    SlotTable told = SlotTable.of((List<?>) reply, host);
    if (told.masters().isEmpty()) {
      ErrorReply none = new ErrorReply("CLUSTERDOWN no slot is served");
      throw new ConnectionException("nobody has a slot", none, null);
    }
    return told;
  }
}
