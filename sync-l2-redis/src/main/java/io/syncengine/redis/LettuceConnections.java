// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.EpollProvider;
import io.lettuce.core.resource.IOUringProvider;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Two connections of Lettuce. */
final class LettuceConnections {
  /** Commands that wait for a reply, at most. */
  private static final int QUEUE = 16_384;

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  /** After how long a connection that nobody uses is looked at, in whole seconds. */
  private static final Duration IDLE = Duration.ofSeconds(30);

  private static final int THREADS = 2;
  private static final System.Logger LOG = System.getLogger(LettuceConnections.class.getName());

  private LettuceConnections() {}

  static RedisConnections open(ConnectOptions options) throws ConnectionException {
    ClientResources resources =
        ClientResources.builder()
            .ioThreadPoolSize(THREADS)
            .computationThreadPoolSize(THREADS)
            .build();
    io.lettuce.core.RedisClient client = io.lettuce.core.RedisClient.create(resources);
    client.setOptions(clientOptions(options));
    try {
      if (options.url().cluster()) {
        Function<RedisUrl.Host, RedisClient> nodes = host -> client(client, options.at(host));
        return ClusterConnections.open(
            options,
            nodes,
            nodes,
            host -> subscriber(client, options.at(host)),
            () -> close(client, resources));
      }
      return open(
          client(client, options),
          client(client, options),
          subscriber(client, options),
          options.timeout(),
          () -> close(client, resources));
    } catch (ConnectionException | RuntimeException e) {
      close(client, resources);
      throw e;
    }
  }

  private static LettuceRedisClient client(
      io.lettuce.core.RedisClient client, ConnectOptions options) {
    return new LettuceRedisClient(client, () -> uri(options), options.greeting());
  }

  private static Subscriber subscriber(io.lettuce.core.RedisClient client, ConnectOptions options) {
    return LettuceSubscription.subscriber(client, () -> uri(options));
  }

  /**
   * Connects both.
   *
   * @param closer closes what they stand on; not called if this throws
   */
  static RedisConnections open(
      LettuceRedisClient reads,
      LettuceRedisClient writes,
      Subscriber subscriber,
      Duration timeout,
      Runnable closer)
      throws ConnectionException {
    long end = System.nanoTime() + timeout.toNanos();
    try {
      reads.connect(end);
      writes.connect(end);
    } catch (ConnectionException | RuntimeException e) {
      reads.close();
      writes.close();
      throw e;
    }
    return new RedisConnections(
        reads,
        writes,
        subscriber,
        () -> {
          reads.close();
          writes.close();
          closer.run();
        });
  }

  // A command is rejected at once while there is no connection, and never sent a second time: the
  // engine knows better than a client what to try again. Nor does Lettuce connect again by itself,
  // since it would not greet the server.
  private static ClientOptions clientOptions(ConnectOptions options) {
    SslOptions.Builder ssl = SslOptions.builder().jdkSslProvider();
    ssl.handshakeTimeout(options.timeout());
    TrustedCertificates trust = options.trust();
    if (trust != null) {
      ssl.keyStoreType(TrustedCertificates.TYPE)
          .truststore(trust::open, TrustedCertificates.password());
    }
    return ClientOptions.builder()
        .autoReconnect(false)
        .replayFilter(command -> true)
        .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
        .requestQueueSize(QUEUE)
        .protocolVersion(ProtocolVersion.RESP2)
        .socketOptions(socketOptions(options.timeout()))
        .sslOptions(ssl.build())
        .build();
  }

  /**
   * That a peer has vanished is noticed by the kernel where a native transport of netty is there;
   * Java's own cannot ask for it, and then the time-out of the calls alone tells.
   */
  private static SocketOptions socketOptions(Duration timeout) {
    SocketOptions.Builder socket = SocketOptions.builder().connectTimeout(timeout);
    if (EpollProvider.isAvailable() || IOUringProvider.isAvailable()) {
      socket
          .keepAlive(
              SocketOptions.KeepAliveOptions.builder()
                  .enable()
                  .idle(IDLE)
                  .interval(IDLE.dividedBy(3))
                  .count(3)
                  .build())
          .tcpUserTimeout(
              SocketOptions.TcpUserTimeoutOptions.builder()
                  .enable()
                  .tcpUserTimeout(timeout)
                  .build());
    }
    return socket.build();
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
    Credentials credentials = options.credentials().get();
    if (credentials.password() != null && credentials.user() != null) {
      uri.withAuthentication(credentials.user(), credentials.password().toCharArray());
    } else if (credentials.password() != null) {
      uri.withPassword(credentials.password().toCharArray());
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
  static void settle(Future<?> end) {
    try {
      end.get(2 * LONGEST_PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.log(System.Logger.Level.DEBUG, "connections to Redis were not closed in order", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
