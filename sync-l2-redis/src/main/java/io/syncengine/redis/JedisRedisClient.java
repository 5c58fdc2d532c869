// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

  JedisRedisClient(ConnectionProvider provider) {
    this.provider = provider;
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
      for (Command command : commands) {
        connection.sendCommand(
            new Keyword(command.name()), command.arguments().toArray(byte[][]::new));
      }
      List<@Nullable Object> replies = new ArrayList<>(commands.size());
      for (int i = 0; i < commands.size(); i++) {
        Duration left = Duration.ofNanos(end - System.nanoTime());
        connection.setSoTimeout(JedisConnections.millis(left));
        replies.add(reply(connection));
      }
      return replies;
    } catch (JedisException e) {
      throw new ConnectionException("the connection failed", JedisConnections.said(e), e);
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
