// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import java.net.Socket;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisSocketFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Connects Jedis to the master that Sentinels name at that moment.
 *
 * @param sentinels whom to ask, one after the other until one answers
 * @param master the name under which they know it
 * @param sentinelConfig how to connect to a Sentinel
 * @param masterConfig how to connect to the master
 */
record MasterSockets(
    List<HostAndPort> sentinels,
    String master,
    JedisClientConfig sentinelConfig,
    JedisClientConfig masterConfig)
    implements JedisSocketFactory {
  @Override
  public Socket createSocket() {
    JedisException failure = null;
    for (HostAndPort sentinel : sentinels) {
      try {
        HostAndPort address = ask(sentinel);
        if (address != null) {
          return new DefaultJedisSocketFactory(address, masterConfig).createSocket();
        }
      } catch (JedisException e) {
        failure = e;
      }
    }
    throw new JedisConnectionException("no Sentinel names a master that can be reached", failure);
  }

  private @Nullable HostAndPort ask(HostAndPort sentinel) {
    try (Connection connection = new Connection(sentinel, sentinelConfig)) {
      connection.sendCommand(Protocol.Command.SENTINEL, "GET-MASTER-ADDR-BY-NAME", master);
      List<String> said = connection.getMultiBulkReply();
      return said == null || said.size() != 2
          ? null
          : new HostAndPort(said.get(0), Integer.parseInt(said.get(1)));
    }
  }
}
