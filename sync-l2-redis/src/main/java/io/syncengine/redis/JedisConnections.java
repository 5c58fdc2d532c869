// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.DefaultJedisSocketFactory;
import redis.clients.jedis.DefaultRedisCredentials;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.RedisCredentials;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.SslVerifyMode;

/** Two pools of Jedis. */
final class JedisConnections {
  private static final int READERS = 8;
  private static final int WRITERS = 2;

  private JedisConnections() {}

  static RedisConnections open(ConnectOptions options) throws ConnectionException {
    ScheduledExecutorService watch = watch();
    List<RedisClient> made = new ArrayList<>();
    try {
      if (options.url().cluster()) {
        return ClusterConnections.open(
            options,
            host -> client(options.at(host), READERS, watch),
            host -> client(options.at(host), WRITERS, watch),
            host -> subscriber(options.at(host)),
            watch::shutdownNow);
      }
      made.add(client(options, READERS, watch));
      made.add(client(options, WRITERS, watch));
      made.get(1).identities(options.timeout());
      return new RedisConnections(
          made.get(0), made.get(1), subscriber(options), () -> close(made, watch));
    } catch (ConnectionException | RuntimeException e) {
      close(made, watch);
      throw e;
    }
  }

  /** Ends what takes too long. */
  static ScheduledExecutorService watch() {
    ScheduledThreadPoolExecutor watch =
        new ScheduledThreadPoolExecutor(1, JedisConnections::daemon);
    watch.setRemoveOnCancelPolicy(true);
    return watch;
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "sync-redis-watch");
    thread.setDaemon(true);
    return thread;
  }

  private static JedisRedisClient client(
      ConnectOptions options, int connections, ScheduledExecutorService watch) {
    return new JedisRedisClient(maker(options), poolConfig(step(options), connections), watch);
  }

  private static Subscriber subscriber(ConnectOptions options) {
    GreetedConnection.Maker maker = maker(options);
    return JedisSubscription.subscriber(timeout -> maker.build(), JedisRedisClient::cut);
  }

  private static GreetedConnection.Maker maker(ConnectOptions options) {
    DefaultJedisClientConfig config = clientConfig(options);
    return new GreetedConnection.Maker(sockets(options, config), config, options.greeting());
  }

  private static JedisSocketFactory sockets(ConnectOptions options, JedisClientConfig config) {
    RedisUrl url = options.url();
    String master = url.master();
    if (master == null) {
      return new DefaultJedisSocketFactory(hostAndPort(url.hosts().get(0)), config);
    }
    return new MasterSockets(
        url.hosts().stream().map(JedisConnections::hostAndPort).toList(),
        master,
        sentinelConfig(options),
        config);
  }

  private static HostAndPort hostAndPort(RedisUrl.Host host) {
    return new HostAndPort(host.name(), host.port());
  }

  private static DefaultJedisClientConfig clientConfig(ConnectOptions options) {
    RedisUrl url = options.url();
    DefaultJedisClientConfig.Builder config =
        DefaultJedisClientConfig.builder()
            .resp2()
            .timeoutMillis(millis(step(options)))
            .database(url.database())
            .clientName(options.name());
    if (url.tls()) {
      config.sslOptions(sslOptions(options.trust()));
    }
    return config.credentialsProvider(() -> jedis(options.credentials().get())).build();
  }

  private static RedisCredentials jedis(Credentials credentials) {
    return new DefaultRedisCredentials(credentials.user(), credentials.password());
  }

  /** The certificate has to be for the host, too. */
  private static SslOptions sslOptions(@Nullable TrustedCertificates trust) {
    SslOptions.Builder ssl = SslOptions.builder().sslVerifyMode(SslVerifyMode.FULL);
    if (trust != null) {
      ssl.trustStoreType(TrustedCertificates.TYPE)
          .truststore(trust::open, TrustedCertificates.password());
    }
    return ssl.build();
  }

  /** All Sentinels together may take as long as one step of the rest. */
  private static JedisClientConfig sentinelConfig(ConnectOptions options) {
    Duration each = step(options).dividedBy(2L * options.url().hosts().size());
    return DefaultJedisClientConfig.builder().resp2().timeoutMillis(millis(each)).build();
  }

  /** How long each may take of: the wait for the pool, the connect, an answer of the handshake. */
  private static Duration step(ConnectOptions options) {
    return options.timeout().dividedBy(3);
  }

  private static ConnectionPoolConfig poolConfig(Duration wait, int connections) {
    ConnectionPoolConfig pool = new ConnectionPoolConfig();
    pool.setMaxTotal(connections);
    pool.setMaxIdle(connections);
    pool.setMaxWait(wait);
    pool.setTestWhileIdle(false);
    pool.setJmxEnabled(false);
    return pool;
  }

  static int millis(Duration duration) {
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, duration.toMillis()));
  }

  private static void close(List<RedisClient> clients, ScheduledExecutorService watch) {
    clients.forEach(RedisClient::close);
    watch.shutdownNow();
  }
}
