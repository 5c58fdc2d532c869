// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import java.util.Set;
import redis.clients.jedis.Connection;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/** A connection of Jedis that was greeted, and that connects once only. */
// Concurrency: a connection belongs to who has it from the pool; both fields are written while it
// is
// made. `latest` of the maker is volatile, written by whoever makes a connection.
final class GreetedConnection extends Connection {
  private final Maker maker;
  private boolean made;
  private Set<String> identity = Set.of();

  private GreetedConnection(Maker maker) {
    super(maker);
    this.maker = maker;
  }

  /** Makes them; for one pool. */
  static final class Maker extends Connection.Builder {
    private final Greeting greeting;
    private volatile Set<String> latest = Set.of();

    Maker(JedisSocketFactory sockets, JedisClientConfig config, Greeting greeting) {
      socketFactory(sockets);
      clientConfig(config);
      this.greeting = greeting;
    }

    /** Whether a connection leads to the server that the newest of all was greeted by. */
    boolean isCurrent(GreetedConnection connection) {
      return connection.identity.equals(latest);
    }

    /** None is current from now on, until another is made. */
    void forget() {
      latest = Set.of();
    }

    @Override
    protected Connection createConnection() {
      return new GreetedConnection(this);
    }
  }

  /** The identity of the server. */
  Set<String> identity() {
    return identity;
  }

  @Override
  protected void initializeFromClientConfig(JedisClientConfig config) {
    super.initializeFromClientConfig(config);
    made = true;
    try {
      Greeting greeting = maker.greeting;
      identity = Set.of(greeting.identity(JedisRedisClient.ask(this, greeting.command())));
      maker.latest = identity;
    } catch (ConnectionException e) {
      setBroken();
      disconnect();
      ErrorReply said = e.reply();
      throw said == null
          ? new JedisConnectionException("the server was not greeted", e)
          : new JedisDataException(said.message(), e);
    }
  }

  @Override
  public void connect() {
    if (made && !isConnected()) {
      throw new JedisConnectionException("the connection has ended");
    }
    super.connect();
  }
}
