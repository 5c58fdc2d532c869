// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import org.jspecify.annotations.Nullable;

/**
 * No answer: nobody knows whether the server has done what was sent. When connecting, the server
 * may have said why.
 */
final class ConnectionException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable ErrorReply reply;
  private final boolean connecting;

  ConnectionException(String message, @Nullable ErrorReply reply, @Nullable Throwable cause) {
    this(message, reply, cause, false);
  }

  private ConnectionException(
      String message, @Nullable ErrorReply reply, @Nullable Throwable cause, boolean connecting) {
    super(message, cause);
    this.reply = reply;
    this.connecting = connecting;
  }

  /** Nothing was sent: another call is connecting at this moment. */
  static ConnectionException whileConnecting() {
    return new ConnectionException("a connection is being made", null, null, true);
  }

  /** Whether nothing was sent, because another call is just connecting. */
  boolean isWhileConnecting() {
    return connecting;
  }

  /** What the server said to who connected; null if nothing. */
  @Nullable ErrorReply reply() {
    return reply;
  }
}
