// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A connection of Lettuce that listens; it has no thread of its own. */
// Concurrency: `ended` is a future, completed once by whoever is first.
final class LettuceSubscription implements Subscriber.Subscription {
  private final StatefulRedisPubSubConnection<byte[], byte[]> connection;
  private final byte[] channel;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  private LettuceSubscription(
      StatefulRedisPubSubConnection<byte[], byte[]> connection, byte[] channel) {
    this.connection = connection;
    this.channel = channel;
  }

  /** Makes them over a client, as whom and where it is said at each connect. */
  static Subscriber subscriber(io.lettuce.core.RedisClient client, Supplier<RedisURI> uris) {
    return (channel, heard, timeout) -> {
      long end = System.nanoTime() + timeout.toNanos();
      RedisURI uri = LettuceRedisClient.uri(uris);
      LettuceSubscription made =
          new LettuceSubscription(
              LettuceRedisClient.made(client.connectPubSubAsync(ByteArrayCodec.INSTANCE, uri), end),
              channel);
      made.begin(heard, Duration.ofNanos(Math.max(0, end - System.nanoTime())));
      return made;
    };
  }

  private void begin(Consumer<byte[]> heard, Duration timeout) throws ConnectionException {
    connection.addListener(
        new RedisPubSubAdapter<>() {
          @Override
          public void message(byte[] from, byte[] message) {
            heard.accept(message);
          }
        });
    connection.addListener(
        new RedisConnectionStateListener() {
          @Override
          public void onRedisDisconnected(RedisChannelHandler<?, ?> gone) {
            // A client that an application gave would connect again, and nobody hears of it.
            CompletableFuture<Void> unused = end();
          }
        });
    try {
      confirm(timeout);
    } catch (ConnectionException | RuntimeException e) {
      close();
      throw e;
    }
  }

  @Override
  public void confirm(Duration timeout) throws ConnectionException {
    try {
      connection.async().subscribe(channel).get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | RedisException e) {
      throw new ConnectionException(
          "no subscription", ErrorReply.among(e, RedisCommandExecutionException.class), e);
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
    LettuceConnections.settle(end());
  }

  private CompletableFuture<Void> end() {
    return ended.complete(null) ? LettuceRedisClient.end(connection) : ended;
  }
}
