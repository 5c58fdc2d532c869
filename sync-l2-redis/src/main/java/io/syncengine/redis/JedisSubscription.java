// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import redis.clients.jedis.BinaryJedisPubSub;
import redis.clients.jedis.Connection;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/** A connection of Jedis that listens, on a thread of its own which reads. */
// Concurrency: `confirmed` is volatile: replaced by who asks, one at a time, and completed by the
// reader, which looks at it after `ended` is complete, as who asks looks at that after it has put
// another there. So nobody waits for a reader that is gone.
final class JedisSubscription extends BinaryJedisPubSub implements Subscriber.Subscription {
  private static final System.Logger LOG = System.getLogger(JedisSubscription.class.getName());

  /** How long a reader that was cut off may take to end. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Connection connection;
  private final byte[] channel;
  private final Consumer<byte[]> heard;
  private final Consumer<Connection> ender;
  private final Thread reader;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private volatile CompletableFuture<Void> confirmed = new CompletableFuture<>();

  /** Makes a connection. */
  interface Maker {
    /**
     * Makes one that nobody else uses.
     *
     * @param timeout how long it is waited for one that is there; a connect has its own time-outs
     * @throws JedisException if there is none
     */
    Connection make(Duration timeout) throws ConnectionException;
  }

  private JedisSubscription(
      Connection connection, byte[] channel, Consumer<byte[]> heard, Consumer<Connection> ender) {
    this.connection = connection;
    this.channel = channel;
    this.heard = heard;
    this.ender = ender;
    this.reader = new Thread(this::read, "sync-redis-listen");
    reader.setDaemon(true);
  }

  /**
   * Makes them.
   *
   * @param ender takes each connection when it is not used any more
   */
  static Subscriber subscriber(Maker maker, Consumer<Connection> ender) {
    return (channel, heard, timeout) -> {
      long end = System.nanoTime() + timeout.toNanos();
      JedisSubscription made =
          new JedisSubscription(connection(maker, timeout), channel, heard, ender);
      made.reader.start();
      try {
        await(made.confirmed, Duration.ofNanos(Math.max(0, end - System.nanoTime())));
        return made;
      } catch (ConnectionException e) {
        made.close();
        throw e;
      }
    };
  }

  private static Connection connection(Maker maker, Duration timeout) throws ConnectionException {
    try {
      return maker.make(timeout);
    } catch (JedisException | Credentials.NoneException e) {
      throw new ConnectionException(
          "no connection", ErrorReply.among(e, JedisDataException.class), e);
    }
  }

  private void read() {
    JedisException failure = new JedisException("the subscription has ended");
    try {
      proceed(connection, channel);
    } catch (JedisException e) {
      LOG.log(System.Logger.Level.DEBUG, "a subscription has ended", e);
      failure = e;
    } finally {
      ender.accept(connection);
      ended.complete(null);
      confirmed.completeExceptionally(failure);
    }
  }

  @Override
  public void onSubscribe(byte[] to, int count) {
    confirmed.complete(null);
  }

  @Override
  public void onMessage(byte[] from, byte[] message) {
    heard.accept(message);
  }

  @Override
  public void confirm(Duration timeout) throws ConnectionException {
    CompletableFuture<Void> asked = new CompletableFuture<>();
    confirmed = asked;
    if (ended.isDone()) {
      throw new ConnectionException("the subscription has ended", null, null);
    }
    try {
      subscribe(channel);
    } catch (JedisException e) {
      throw new ConnectionException("the connection failed", null, e);
    }
    await(asked, timeout);
  }

  private static void await(CompletableFuture<Void> answer, Duration timeout)
      throws ConnectionException {
    try {
      answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw new ConnectionException(
          "no subscription", ErrorReply.among(e, JedisDataException.class), e);
    } catch (TimeoutException e) {
      throw new ConnectionException("no reply in time", null, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConnectionException("interrupted", null, e);
    }
  }

  @Override
  public CompletableFuture<Void> ended() {
    return ended;
  }

  @Override
  public void close() {
    JedisRedisClient.cut(connection);
    if (Thread.currentThread() == reader) {
      return;
    }
    try {
      reader.join(PATIENCE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
