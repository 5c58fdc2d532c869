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

  ConnectionException(String message, @Nullable ErrorReply reply, @Nullable Throwable cause) {
    super(message, cause);
    this.reply = reply;
  }

  /** What the server said to who connected; null if nothing. */
  @Nullable ErrorReply reply() {
    return reply;
  }
}
