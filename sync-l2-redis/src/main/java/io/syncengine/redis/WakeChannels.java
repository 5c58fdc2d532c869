// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.syncengine.spi.Wake;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Words between instances, by a channel of Redis for each ground truth. Safe from any thread. */
// Concurrency: `listenings` is a concurrent set; one leaves it when it is closed. `closed` is
// volatile, set once, and looked at again by who has put one in.
final class WakeChannels implements Wake, AutoCloseable {
  private final RedisConnections connections;
  private final String namespace;
  private final Failures failures;
  private final Duration timeout;
  private final Set<WakeListening> listenings = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  WakeChannels(
      RedisConnections connections, String namespace, Failures failures, Duration timeout) {
    this.connections = connections;
    this.namespace = namespace;
    this.failures = failures;
    this.timeout = timeout;
  }

  @Override
  public void wake(String databaseId, String origin) {
    Command publish =
        Command.of("PUBLISH")
            .add(CacheKeys.wakeChannel(namespace, databaseId))
            .add(origin.getBytes(UTF_8))
            .build();
    try {
      if (connections.writes().send(List.of(publish), timeout).first() instanceof ErrorReply no) {
        throw failures.onReply("wake", no);
      }
    } catch (ConnectionException e) {
      throw failures.unreached("wake", e);
    }
  }

  @Override
  public Listening listen(String databaseId, Consumer<String> listener) {
    WakeListening listening =
        new WakeListening(
            connections.subscriber(),
            CacheKeys.wakeChannel(namespace, databaseId),
            listener,
            // It connects and asks.
            timeout.dividedBy(2),
            listenings::remove);
    listenings.add(listening);
    try {
      listening.begin();
      if (closed) {
        listening.close();
        throw new ConnectionException("the client is closed", null, null);
      }
      return listening;
    } catch (ConnectionException e) {
      ErrorReply said = e.reply();
      throw said == null ? failures.unreached("listen", e) : failures.onReply("listen", said);
    }
  }

  /** Ends all that listen. */
  @Override
  public void close() {
    closed = true;
    listenings.forEach(WakeListening::close);
  }
}
