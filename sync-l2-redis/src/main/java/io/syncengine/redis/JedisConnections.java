// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.SslVerifyMode;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.providers.ConnectionProvider;
import redis.clients.jedis.providers.PooledConnectionProvider;
import redis.clients.jedis.providers.SentineledConnectionProvider;

/** Two pools of Jedis. */
final class JedisConnections {
  private static final int READERS = 8;
  private static final int WRITERS = 2;

  private JedisConnections() {}

  static RedisConnections open(ConnectOptions options) throws ConnectionException {
    ScheduledThreadPoolExecutor watch =
        new ScheduledThreadPoolExecutor(1, JedisConnections::daemon);
    watch.setRemoveOnCancelPolicy(true);
    List<RedisClient> made = new ArrayList<>();
    try {
      made.add(new JedisRedisClient(provider(options, READERS), watch));
      made.add(new JedisRedisClient(provider(options, WRITERS), watch));
      made.get(1).send(List.of(Command.of("PING").build()), options.timeout());
      return new RedisConnections(made.get(0), made.get(1), () -> close(made, watch));
    } catch (JedisException e) {
      close(made, watch);
      throw new ConnectionException(
          "no connection", ErrorReply.among(e, JedisDataException.class), e);
    } catch (ConnectionException | RuntimeException e) {
      close(made, watch);
      throw e;
    }
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "sync-redis-watch");
    thread.setDaemon(true);
    return thread;
  }

  private static ConnectionProvider provider(ConnectOptions options, int connections) {
    RedisUrl url = options.url();
    DefaultJedisClientConfig config = clientConfig(options);
    ConnectionPoolConfig pool = poolConfig(step(options), connections);
    if (url.master() == null) {
      return new PooledConnectionProvider(hostAndPort(url.hosts().get(0)), config, pool);
    }
    Set<HostAndPort> sentinels = new HashSet<>();
    url.hosts().forEach(host -> sentinels.add(hostAndPort(host)));
    return new SentineledConnectionProvider(
        url.master(), config, pool, sentinels, sentinelConfig(options));
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
    if (url.user() != null) {
      config.user(url.user());
    }
    if (url.password() != null) {
      config.password(url.password());
    }
    return config.build();
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

  private static DefaultJedisClientConfig sentinelConfig(ConnectOptions options) {
    return DefaultJedisClientConfig.builder().resp2().timeoutMillis(millis(step(options))).build();
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
