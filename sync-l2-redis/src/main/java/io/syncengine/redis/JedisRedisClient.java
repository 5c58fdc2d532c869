// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.providers.ConnectionProvider;

/** A pool of Jedis: each call has a connection to itself. */
final class JedisRedisClient implements RedisClient {
  private static final System.Logger LOG = System.getLogger(JedisRedisClient.class.getName());

  private final ConnectionProvider provider;
  private final ScheduledExecutorService watch;

  /**
   * Over a pool.
   *
   * @param provider the pool, this client's to close
   * @param watch ends what takes too long
   */
  JedisRedisClient(ConnectionProvider provider, ScheduledExecutorService watch) {
    this.provider = provider;
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
  public List<@Nullable Object> send(List<Command> commands, Duration timeout)
      throws ConnectionException {
    long end = System.nanoTime() + timeout.toNanos();
    try (Connection connection = provider.getConnection()) {
      // A socket's time-out bounds each read by itself, and no write.
      connection.setSoTimeout(JedisConnections.millis(timeout));
      Future<?> bound =
          watch.schedule(() -> cut(connection), end - System.nanoTime(), TimeUnit.NANOSECONDS);
      try {
        return exchange(connection, commands);
      } finally {
        bound.cancel(false);
      }
    } catch (JedisException e) {
      throw new ConnectionException(
          "the connection failed", ErrorReply.among(e, JedisDataException.class), e);
    } catch (RejectedExecutionException e) {
      throw new ConnectionException("the client is closed", null, e);
    }
  }

  /** A connection with replies that nobody has read is not used again. */
  private static List<@Nullable Object> exchange(Connection connection, List<Command> commands) {
    boolean whole = false;
    try {
      for (Command command : commands) {
        connection.sendCommand(
            new Keyword(command.name()), command.arguments().toArray(byte[][]::new));
      }
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

  private static void cut(Connection connection) {
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
    try {
      provider.close();
    } catch (Exception e) {
      LOG.log(System.Logger.Level.DEBUG, "connections to Redis were not closed in order", e);
    }
  }
}
