// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.util.Pool;

/**
 * A pool that others use too: its connections may be made, and made anew, at any time, so that each
 * pipeline begins with the greeting.
 */
final class JedisPoolClient implements RedisClient {
  private static final System.Logger LOG = System.getLogger(JedisPoolClient.class.getName());

  private final Pool<Connection> pool;
  private final Greeting greeting;
  private final ScheduledExecutorService watch;

  /**
   * Over a pool that others close.
   *
   * @param watch ends what takes too long
   */
  JedisPoolClient(Pool<Connection> pool, Greeting greeting, ScheduledExecutorService watch) {
    this.pool = pool;
    this.greeting = greeting;
    this.watch = watch;
  }

  @Override
  public Replies send(List<Command> commands, Duration timeout) throws ConnectionException {
    long end = System.nanoTime() + timeout.toNanos();
    Connection connection = borrow(timeout);
    boolean whole = false;
    try {
      Replies replies = exchange(connection, commands, end);
      whole = true;
      return replies;
    } catch (JedisException e) {
      throw new ConnectionException("the connection failed", null, e);
    } catch (RejectedExecutionException e) {
      throw new ConnectionException("the client is closed", null, e);
    } finally {
      giveBack(connection, whole);
    }
  }

  private void giveBack(Connection connection, boolean whole) {
    try {
      if (whole) {
        pool.returnResource(connection);
      } else {
        pool.returnBrokenResource(connection);
      }
    } catch (JedisException e) {
      LOG.log(System.Logger.Level.DEBUG, "a connection to Redis was not closed in order", e);
    }
  }

  private Connection borrow(Duration timeout) throws ConnectionException {
    try {
      return pool.borrowObject(timeout);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConnectionException("interrupted", null, e);
    } catch (Exception e) {
      throw new ConnectionException(
          "no connection", ErrorReply.among(e, JedisDataException.class), e);
    }
  }

  /** Listens over connections of the pool, each of which is one less for the others meanwhile. */
  Subscriber subscriber() {
    return JedisSubscription.subscriber(
        timeout -> {
          if (pool.getMaxTotal() == 1) {
            throw new ConnectionException("the pool has no connection to spare", null, null);
          }
          return borrow(timeout);
        },
        connection -> giveBack(connection, false));
  }

  /** Throws if the connection is not to be used again. */
  private Replies exchange(Connection connection, List<Command> commands, long end)
      throws ConnectionException {
    List<Command> all = new ArrayList<>(commands.size() + 1);
    all.add(greeting.command());
    all.addAll(commands);
    int before = connection.getSoTimeout();
    long left = Math.max(0, end - System.nanoTime());
    connection.setSoTimeout(JedisConnections.millis(Duration.ofNanos(left)));
    Future<?> bound =
        watch.schedule(() -> JedisRedisClient.cut(connection), left, TimeUnit.NANOSECONDS);
    List<@Nullable Object> replies;
    try {
      replies = JedisRedisClient.exchange(connection, all);
    } finally {
      bound.cancel(false);
    }
    String identity = greeting.identity(replies.get(0));
    if (!bound.isCancelled()) {
      throw new ConnectionException("no reply in time", null, null);
    }
    connection.setSoTimeout(before);
    return new Replies(replies.subList(1, replies.size()), Set.of(identity));
  }

  @Override
  public Set<String> identities(Duration timeout) throws ConnectionException {
    return send(List.of(), timeout).from();
  }

  /** Does nothing: who is there is asked each time, and those that are not wanted are dropped. */
  @Override
  public void renew() {}

  @Override
  public void close() {}
}
