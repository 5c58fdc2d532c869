// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionFactory;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.providers.PooledConnectionProvider;

/** A pool of Jedis: each call has a connection to itself. */
final class JedisRedisClient implements RedisClient {
  private static final System.Logger LOG = System.getLogger(JedisRedisClient.class.getName());

  private final PooledConnectionProvider provider;
  private final GreetedConnection.Maker maker;
  private final ScheduledExecutorService watch;

  /**
   * Over a pool.
   *
   * @param maker makes the connections
   * @param config of the pool
   * @param watch ends what takes too long
   */
  JedisRedisClient(
      GreetedConnection.Maker maker, ConnectionPoolConfig config, ScheduledExecutorService watch) {
    this.maker = maker;
    this.provider =
        new PooledConnectionProvider(
            ConnectionFactory.builder()
                .connectionBuilder(maker)
                .socketFactory(maker.getSocketFactory())
                .clientConfig(maker.getClientConfig())
                .build(),
            config);
    this.watch = watch;
  }

  /** A command's name, as Jedis wants it. */
  private record Keyword(String text) implements ProtocolCommand {
    @Override
    public byte[] getRaw() {
      return text.getBytes(StandardCharsets.US_ASCII);
    }
  }

  @Override
  public Replies send(List<Command> commands, Duration timeout) throws ConnectionException {
    return with(
        timeout, connection -> new Replies(exchange(connection, commands), connection.identity()));
  }

  @Override
  public Set<String> identities(Duration timeout) throws ConnectionException {
    return with(timeout, GreetedConnection::identity);
  }

  @Override
  public void renew() {
    maker.forget();
  }

  /** Lends a connection, for so long. */
  private <T> T with(Duration timeout, Function<GreetedConnection, T> use)
      throws ConnectionException {
    long end = System.nanoTime() + timeout.toNanos();
    try (GreetedConnection connection = current()) {
      // A socket's time-out bounds each read by itself, and no write.
      connection.setSoTimeout(JedisConnections.millis(timeout));
      Future<?> bound =
          watch.schedule(() -> cut(connection), end - System.nanoTime(), TimeUnit.NANOSECONDS);
      try {
        return use.apply(connection);
      } finally {
        bound.cancel(false);
      }
    } catch (JedisException e) {
      // What ended one has most likely ended the others.
      provider.getPool().clear();
      throw new ConnectionException(
          "the connection failed", ErrorReply.among(e, JedisDataException.class), e);
    } catch (RejectedExecutionException e) {
      throw new ConnectionException("the client is closed", null, e);
    }
  }

  /** One to the server that was met last: those that are idle may lead to one before it. */
  private GreetedConnection current() {
    while (true) {
      GreetedConnection connection = (GreetedConnection) provider.getConnection();
      if (maker.isCurrent(connection)) {
        return connection;
      }
      connection.setBroken();
      connection.close();
    }
  }

  /** A connection with replies that nobody has read is not used again. */
  static List<@Nullable Object> exchange(Connection connection, List<Command> commands) {
    boolean whole = false;
    try {
      commands.forEach(command -> send(connection, command));
      List<@Nullable Object> replies = new ArrayList<>(commands.size());
      for (int i = 0; i < commands.size(); i++) {
        replies.add(reply(connection));
      }
      whole = true;
      return replies;
    } finally {
      if (!whole) {
        connection.setBroken();
      }
    }
  }

  /** Asks one thing, over a connection that is not in a pool yet. */
  static @Nullable Object ask(Connection connection, Command command) {
    send(connection, command);
    return reply(connection);
  }

  private static void send(Connection connection, Command command) {
    connection.sendCommand(new Keyword(command.name()), command.arguments().toArray(byte[][]::new));
  }

  static void cut(Connection connection) {
    connection.setBroken();
    try {
      connection.forceDisconnect();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "a connection to Redis was not closed in order", e);
    }
  }

  private static @Nullable Object reply(Connection connection) {
    try {
      return connection.getOne();
    } catch (JedisDataException e) {
      return new ErrorReply(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {
    provider.close();
  }
}
