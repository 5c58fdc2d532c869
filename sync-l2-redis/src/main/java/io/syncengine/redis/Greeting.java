// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import org.jspecify.annotations.Nullable;

/**
 * What each connection is asked when it is made, before anything else may use it: who it is that it
 * leads to. A server that restarts, or is promoted to master, has another identity afterwards.
 */
enum Greeting {
  /** Whoever is there will do. */
  ANYONE,
  /** Only a master will do: what a replica holds is not what it was told. */
  MASTER;

  /** The question. */
  Command command() {
    return Command.of("INFO").add("replication").build();
  }

  /**
   * Takes the answer.
   *
   * @return the identity of the server: its replication id
   * @throws ConnectionException if the connection is not to be used
   */
  String identity(@Nullable Object reply) throws ConnectionException {
    if (reply instanceof ErrorReply error) {
      throw new ConnectionException("the server refuses to say who it is", error, null);
    }
    if (!(reply instanceof byte[] told)) {
      throw new ConnectionException("the server does not say who it is", null, null);
    }
    ServerInfo server = new ServerInfo(told);
    if (this == MASTER && !server.isMaster()) {
      throw new ConnectionException(
          "the server is a replica", new ErrorReply("READONLY a replica was reached"), null);
    }
    return server.identity();
  }
}
