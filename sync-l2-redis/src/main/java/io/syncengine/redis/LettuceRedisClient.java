// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.lettuce.core.ConnectionFuture;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.ProtocolKeyword;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One connection of Lettuce, which all threads share. It is greeted when it is made. When it ends,
 * or nothing comes back over it any more, it is given up, and the next call makes another: while
 * one does so, and shortly after one could not, the others fail at once.
 */
// Concurrency: `connecting` is held while a connection is made, whose time is bounded; nobody waits
// for it. `link` is atomic: set under the lock, taken out by whoever gives the connection up.
// `retryAtNanos` is the lock's.
final class LettuceRedisClient implements RedisClient {
  private static final System.Logger LOG = System.getLogger(LettuceRedisClient.class.getName());

  /** How long nobody tries after a connection could not be made. */
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final io.lettuce.core.RedisClient client;
  private final Supplier<RedisURI> uris;
  private final Greeting greeting;
  private final ReentrantLock connecting = new ReentrantLock();
  private final AtomicReference<@Nullable Link> link = new AtomicReference<>();
  private long retryAtNanos = System.nanoTime();

  /** A connection, to whom it leads, and when something came over it the last time. */
  private static final class Link {
    final StatefulRedisConnection<byte[], byte[]> connection;
    // Written once, before the link is shared.
    Set<String> identity = Set.of();
    // Set once, by Lettuce's thread.
    volatile boolean ended;
    // Written by each thread that gets a reply; the last one wins.
    volatile long repliedAtNanos = System.nanoTime();

    Link(StatefulRedisConnection<byte[], byte[]> connection) {
      this.connection = connection;
    }
  }

  /**
   * Connects when it is first used.
   *
   * @param uris asked at each connect
   */
  LettuceRedisClient(
      io.lettuce.core.RedisClient client, Supplier<RedisURI> uris, Greeting greeting) {
    this.client = client;
    this.uris = uris;
    this.greeting = greeting;
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
  public Replies send(List<Command> commands, Duration timeout) throws ConnectionException {
    long end = System.nanoTime() + timeout.toNanos();
    Link to = connected(end);
    List<@Nullable Object> replies = exchange(to, commands, end);
    // A client that an application gave may connect again by itself, to whomever: by then the link
    // is given up.
    if (link.get() != to) {
      throw new ConnectionException("the connection was given up", null, null);
    }
    return new Replies(replies, to.identity);
  }

  private List<@Nullable Object> exchange(Link to, List<Command> commands, long end)
      throws ConnectionException {
    long start = System.nanoTime();
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

  @Override
  public Set<String> identities(Duration timeout) throws ConnectionException {
    return connected(System.nanoTime() + timeout.toNanos()).identity;
  }

  @Override
  public void renew() {
    Link there = link.get();
    if (there != null) {
      giveUp(there);
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
    if (!connecting.tryLock()) {
      throw ConnectionException.whileConnecting();
    }
    try {
      there = link.get();
      return there == null ? connectAnew(end) : there;
    } finally {
      connecting.unlock();
    }
  }

  private Link connectAnew(long end) throws ConnectionException {
    if (System.nanoTime() - retryAtNanos < 0) {
      throw new ConnectionException("no connection a moment ago", null, null);
    }
    try {
      Link made = greeted(end);
      link.set(made);
      if (made.ended) {
        giveUp(made);
        throw new ConnectionException("the connection ended at once", null, null);
      }
      return made;
    } catch (ConnectionException e) {
      retryAtNanos = System.nanoTime() + PAUSE.toNanos();
      throw e;
    }
  }

  private Link make(long end) throws ConnectionException {
    return new Link(made(client.connectAsync(ByteArrayCodec.INSTANCE, uri(uris)), end));
  }

  /** Waits for a connection, and sees to it that one which comes late is ended. */
  static <C extends StatefulConnection<?, ?>> C made(ConnectionFuture<C> made, long end)
      throws ConnectionException {
    try {
      return made.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
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

  static RedisURI uri(Supplier<RedisURI> uris) throws ConnectionException {
    try {
      return uris.get();
    } catch (Credentials.NoneException e) {
      throw new ConnectionException("no user and password", null, e);
    }
  }

  /** Connects and greets; once more if the first connection ends meanwhile. */
  private Link greeted(long end) throws ConnectionException {
    Link first = make(end);
    try {
      return greeted(first, end);
    } catch (ConnectionException e) {
      if (e.reply() == null && e.getCause() instanceof RedisException) {
        LOG.log(System.Logger.Level.DEBUG, "a connection to Redis ended at once", e);
        return greeted(make(end), end);
      }
      throw e;
    }
  }

  private Link greeted(Link made, long end) throws ConnectionException {
    made.connection.addListener(
        new RedisConnectionStateListener() {
          @Override
          public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
            made.ended = true;
            giveUp(made);
          }
        });
    boolean greeted = false;
    try {
      made.identity =
          Set.of(greeting.identity(exchange(made, List.of(greeting.command()), end).get(0)));
      greeted = true;
      return made;
    } finally {
      if (!greeted) {
        CompletableFuture<Void> unused = end(made.connection);
      }
    }
  }

  private static void endOnceMade(ConnectionFuture<? extends StatefulConnection<?, ?>> made) {
    CompletableFuture<Void> unused =
        made.thenCompose(LettuceRedisClient::end).toCompletableFuture();
  }

  /**
   * Ends a connection, with all that waits in it. The next call makes another, and asks the
   * Sentinels anew, if there are any.
   */
  private void giveUp(Link lost) {
    if (link.compareAndSet(lost, null)) {
      CompletableFuture<Void> unused = end(lost.connection);
    }
  }

  static CompletableFuture<Void> end(StatefulConnection<?, ?> connection) {
    return connection
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
      // Lettuce warns of a connection that its client, which may be closed next, closes as well.
      LettuceConnections.settle(end(there.connection));
    }
  }
}
