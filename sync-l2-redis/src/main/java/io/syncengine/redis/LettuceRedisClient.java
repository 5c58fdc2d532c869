// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.ProtocolKeyword;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One connection of Lettuce, which all threads share. */
final class LettuceRedisClient implements RedisClient {
  private final StatefulRedisConnection<byte[], byte[]> connection;

  LettuceRedisClient(StatefulRedisConnection<byte[], byte[]> connection) {
    this.connection = connection;
  }

  /** A command's name, as Lettuce wants it. */
  private record Keyword(String text) implements ProtocolKeyword {
    @Override
    public byte[] getBytes() {
      return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public String toString() {
      return text;
    }
  }

  @Override
  public List<@Nullable Object> send(List<Command> commands, Duration timeout)
      throws ConnectionException {
    long end = System.nanoTime() + timeout.toNanos();
    List<AsyncCommand<byte[], byte[], Object>> sent = new ArrayList<>(commands.size());
    for (Command command : commands) {
      CommandArgs<byte[], byte[]> arguments = new CommandArgs<>(ByteArrayCodec.INSTANCE);
      command.arguments().forEach(arguments::add);
      sent.add(
          new AsyncCommand<>(
              new io.lettuce.core.protocol.Command<>(
                  new Keyword(command.name()), new ReplyOutput(), arguments)));
    }
    connection.dispatch(sent);
    List<@Nullable Object> replies = new ArrayList<>(commands.size());
    try {
      for (AsyncCommand<byte[], byte[], Object> one : sent) {
        replies.add(reply(one, end - System.nanoTime()));
      }
      return replies;
    } finally {
      // Those that nobody waits for any more; does nothing to those that are done.
      sent.forEach(one -> one.cancel(false));
    }
  }

  private static @Nullable Object reply(AsyncCommand<byte[], byte[], Object> command, long nanos)
      throws ConnectionException {
    try {
      return command.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      if (command.getOutput().hasError()) {
        return new ErrorReply(command.getOutput().getError());
      }
      throw new ConnectionException("the connection failed", null, e.getCause());
    } catch (TimeoutException | CancellationException e) {
      throw new ConnectionException("no reply in time", null, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConnectionException("interrupted", null, e);
    }
  }

  @Override
  public void close() {
    connection.close();
  }
}
