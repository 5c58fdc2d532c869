// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.lettuce.core.ConnectionFuture;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisURI;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One connection of Lettuce, which all threads share. Lettuce makes it anew when it ends; one on
 * which nothing comes back any more does not end by itself, and is given up here.
 */
// Concurrency: `connecting` is held while a connection is made, whose time is bounded. `link` is
// atomic: set under the lock, taken out by whoever gives the connection up.
final class LettuceRedisClient implements RedisClient {
  private static final System.Logger LOG = System.getLogger(LettuceRedisClient.class.getName());

  private final io.lettuce.core.RedisClient client;
  private final RedisURI uri;
  private final ReentrantLock connecting = new ReentrantLock();
  private final AtomicReference<@Nullable Link> link = new AtomicReference<>();

  /** A connection, and when something came over it the last time. */
  private static final class Link {
    final StatefulRedisConnection<byte[], byte[]> connection;
    // Written by each thread that gets a reply; the last one wins.
    volatile long repliedAtNanos = System.nanoTime();

    Link(StatefulRedisConnection<byte[], byte[]> connection) {
      this.connection = connection;
    }
  }

  /** Connects when it is first used. */
  LettuceRedisClient(io.lettuce.core.RedisClient client, RedisURI uri) {
    this.client = client;
    this.uri = uri;
  }

  /**
   * Connects, if there is no connection yet.
   *
   * @param end until when, of {@link System#nanoTime()}
   */
  void connect(long end) throws ConnectionException {
    connected(end);
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
    long start = System.nanoTime();
    long end = start + timeout.toNanos();
    Link to = connected(end);
    List<AsyncCommand<byte[], byte[], Object>> sent = new ArrayList<>(commands.size());
    commands.forEach(command -> sent.add(asyncCommand(command)));
    to.connection.dispatch(sent);
    List<@Nullable Object> replies = new ArrayList<>(commands.size());
    try {
      for (AsyncCommand<byte[], byte[], Object> one : sent) {
        replies.add(reply(one, end));
        to.repliedAtNanos = System.nanoTime();
      }
      return replies;
    } catch (TimeoutException e) {
      if (to.repliedAtNanos - start < 0) {
        giveUp(to);
      }
      throw new ConnectionException("no reply in time", null, e);
    } finally {
      // Those that nobody waits for any more; does nothing to those that are done.
      sent.forEach(one -> one.cancel(false));
    }
  }

  private static AsyncCommand<byte[], byte[], Object> asyncCommand(Command command) {
    CommandArgs<byte[], byte[]> arguments = new CommandArgs<>(ByteArrayCodec.INSTANCE);
    command.arguments().forEach(arguments::add);
    return new AsyncCommand<>(
        new io.lettuce.core.protocol.Command<>(
            new Keyword(command.name()), new ReplyOutput(), arguments));
  }

  private static @Nullable Object reply(AsyncCommand<byte[], byte[], Object> command, long end)
      throws ConnectionException, TimeoutException {
    try {
      return command.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      // Other exceptions are Lettuce's own, though it notes them in the output too.
      if (e.getCause() instanceof RedisCommandExecutionException) {
        return new ErrorReply(command.getOutput().getError());
      }
      throw new ConnectionException("the connection failed", null, e.getCause());
    } catch (CancellationException e) {
      throw new ConnectionException("the connection was given up", null, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConnectionException("interrupted", null, e);
    }
  }

  private Link connected(long end) throws ConnectionException {
    Link there = link.get();
    if (there != null) {
      return there;
    }
    try {
      if (!connecting.tryLock(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS)) {
        throw new ConnectionException("no connection in time", null, null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConnectionException("interrupted", null, e);
    }
    try {
      there = link.get();
      if (there == null) {
        there = make(end);
        link.set(there);
      }
      return there;
    } finally {
      connecting.unlock();
    }
  }

  private Link make(long end) throws ConnectionException {
    ConnectionFuture<StatefulRedisConnection<byte[], byte[]>> made =
        client.connectAsync(ByteArrayCodec.INSTANCE, uri);
    try {
      return new Link(made.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS));
    } catch (ExecutionException e) {
      throw new ConnectionException(
          "no connection", ErrorReply.among(e, RedisCommandExecutionException.class), e.getCause());
    } catch (TimeoutException e) {
      endOnceMade(made);
      throw new ConnectionException("no connection in time", null, e);
    } catch (InterruptedException e) {
      endOnceMade(made);
      Thread.currentThread().interrupt();
      throw new ConnectionException("interrupted", null, e);
    }
  }

  private static void endOnceMade(ConnectionFuture<StatefulRedisConnection<byte[], byte[]>> made) {
    ConnectionFuture<Void> unused = made.thenAccept(late -> end(new Link(late)));
  }

  /**
   * Ends a connection that is silent, with all that waits in it. The next call makes another, and
   * asks the Sentinels anew, if there are any.
   */
  private void giveUp(Link silent) {
    if (link.compareAndSet(silent, null)) {
      end(silent);
    }
  }

  private static void end(Link link) {
    CompletableFuture<Void> unused =
        link.connection
            .closeAsync()
            .exceptionally(
                e -> {
                  LOG.log(System.Logger.Level.DEBUG, "a connection was not closed in order", e);
                  return null;
                });
  }

  @Override
  public void close() {
    Link there = link.getAndSet(null);
    if (there != null) {
      end(there);
    }
  }
}
