// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Two connections of Lettuce, which it connects anew by itself. */
final class LettuceConnections {
  /** Commands that wait for a reply, at most. */
  private static final int QUEUE = 16_384;

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
  private static final int THREADS = 2;
  private static final System.Logger LOG = System.getLogger(LettuceConnections.class.getName());

  private LettuceConnections() {}

  static RedisConnections open(ConnectOptions options) throws ConnectionException {
    long end = System.nanoTime() + options.timeout().toNanos();
    ClientResources resources =
        ClientResources.builder()
            .ioThreadPoolSize(THREADS)
            .computationThreadPoolSize(THREADS)
            .reconnectDelay(
                Delay.exponential(Duration.ofMillis(10), LONGEST_PAUSE, 2, TimeUnit.MILLISECONDS))
            .build();
    io.lettuce.core.RedisClient client = io.lettuce.core.RedisClient.create(resources);
    client.setOptions(clientOptions(options));
    try {
      RedisURI uri = uri(options);
      LettuceRedisClient reads = new LettuceRedisClient(client, uri);
      LettuceRedisClient writes = new LettuceRedisClient(client, uri);
      reads.connect(end);
      writes.connect(end);
      return new RedisConnections(
          reads,
          writes,
          () -> {
            reads.close();
            writes.close();
            close(client, resources);
          });
    } catch (ConnectionException | RuntimeException e) {
      close(client, resources);
      throw e;
    }
  }

  // A command is rejected at once while there is no connection, and never sent a second time: the
  // engine knows better than a client what to try again.
  private static ClientOptions clientOptions(ConnectOptions options) {
    SslOptions.Builder ssl = SslOptions.builder().jdkSslProvider();
    ssl.handshakeTimeout(options.timeout());
    TrustedCertificates trust = options.trust();
    if (trust != null) {
      ssl.keyStoreType(TrustedCertificates.TYPE)
          .truststore(trust::open, TrustedCertificates.password());
    }
    return ClientOptions.builder()
        .autoReconnect(true)
        .replayFilter(command -> true)
        .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
        .requestQueueSize(QUEUE)
        .protocolVersion(ProtocolVersion.RESP2)
        .socketOptions(SocketOptions.builder().connectTimeout(options.timeout()).build())
        .sslOptions(ssl.build())
        .build();
  }

  private static RedisURI uri(ConnectOptions options) {
    RedisUrl url = options.url();
    RedisURI.Builder uri = RedisURI.builder();
    if (url.master() == null) {
      uri.withHost(url.hosts().get(0).name()).withPort(url.hosts().get(0).port());
    } else {
      url.hosts().forEach(host -> uri.withSentinel(host.name(), host.port()));
      uri.withSentinelMasterId(url.master());
    }
    if (url.password() != null && url.user() != null) {
      uri.withAuthentication(url.user(), url.password().toCharArray());
    } else if (url.password() != null) {
      uri.withPassword(url.password().toCharArray());
    }
    return uri.withDatabase(url.database())
        .withSsl(url.tls())
        .withClientName(options.name())
        .withTimeout(options.timeout())
        .build();
  }

  private static void close(io.lettuce.core.RedisClient client, ClientResources resources) {
    long pause = LONGEST_PAUSE.toMillis();
    settle(client.shutdownAsync(0, pause, TimeUnit.MILLISECONDS));
    settle(resources.shutdown(0, pause, TimeUnit.MILLISECONDS));
  }

  /**
   * Waits for an end, whatever happens. Threads that have not ended by then are daemons, and end
   * later.
   */
  private static void settle(Future<?> end) {
    try {
      end.get(2 * LONGEST_PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.log(System.Logger.Level.DEBUG, "connections to Redis were not closed in order", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
