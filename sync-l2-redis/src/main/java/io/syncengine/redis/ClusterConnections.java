// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.syncengine.redis.RedisUrl.Host;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Two Cluster clients, and the threads by which they reach several nodes at once. */
final class ClusterConnections {
  /** Threads that wait for nodes; a caller who gets none sends to one node after the other. */
  private static final int SENDERS = 32;

  private static final int IDLE_SECONDS = 10;

  private ClusterConnections() {}

  /**
   * Learns which node has which slot.
   *
   * @param readers makes a client of one node for reads, which connects when it is used
   * @param writers makes one for writes
   * @param listeners listens at one node
   * @param closer closes what the clients of nodes stand on; called by {@link
   *     RedisConnections#close}, and not if this throws
   */
  static RedisConnections open(
      ConnectOptions options,
      Function<Host, RedisClient> readers,
      Function<Host, RedisClient> writers,
      Function<Host, Subscriber> listeners,
      Runnable closer)
      throws ConnectionException {
    ThreadPoolExecutor senders =
        new ThreadPoolExecutor(
            0, SENDERS, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), daemons("node"));
    // Each client asks one question at a time, so that at most two wait here.
    ThreadPoolExecutor askers =
        new ThreadPoolExecutor(
            1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), daemons("slots"));
    askers.allowCoreThreadTimeOut(true);
    Runnable stop =
        () -> {
          senders.shutdownNow();
          askers.shutdownNow();
        };
    try {
      ClusterClient reads = ClusterClient.open(options, readers, new Senders(senders), askers);
      try {
        ClusterClient writes = ClusterClient.open(options, writers, new Senders(senders), askers);
        return new RedisConnections(
            reads,
            writes,
            (channel, heard, timeout) ->
                listeners.apply(writes.anyMaster()).subscribe(channel, heard, timeout),
            () -> {
              reads.close();
              writes.close();
              stop.run();
              closer.run();
            });
      } catch (ConnectionException | RuntimeException e) {
        reads.close();
        throw e;
      }
    } catch (ConnectionException | RuntimeException e) {
      stop.run();
      throw e;
    }
  }

  private static ThreadFactory daemons(String what) {
    return work -> {
      Thread thread = new Thread(work, "sync-redis-" + what);
      thread.setDaemon(true);
      return thread;
    };
  }
}
