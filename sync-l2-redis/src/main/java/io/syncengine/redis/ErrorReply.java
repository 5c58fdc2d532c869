// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

import org.jspecify.annotations.Nullable;

/**
 * What Redis says instead of doing a command.
 *
 * @param message begins with a word that tells the kind, as {@code READONLY}; may hold what was
 *     sent, and so is shown to nobody
 */
record ErrorReply(String message) {
  /** In place of a reply of a Cluster's node that did not answer, while others did. */
  static final ErrorReply UNREACHED = new ErrorReply("UNREACHED a node did not answer");

  /**
   * The word that tells the kind; {@code ERR} for most. Of a script too, what a user may not do.
   */
  String code() {
    // As 7.0 says it, and as later releases do.
    if (message.startsWith("ERR The user executing the script can't")
        || message.startsWith("ERR ACL failure in script")) {
      return "NOPERM";
    }
    int space = message.indexOf(' ');
    return space < 0 ? message : message.substring(0, space);
  }

  /**
   * Where a node of a Cluster sends a command on to: {@code MOVED 3999 127.0.0.1:7001}.
   *
   * @param from the node that said so; stands for a host that is not told
   */
  RedisUrl.Host redirection(RedisUrl.Host from) {
    String address = message.substring(message.lastIndexOf(' ') + 1);
    int colon = address.lastIndexOf(':');
    int port = Integer.parseInt(address.substring(colon + 1));
    return SlotTable.host(address.substring(0, colon), port, from);
  }

  /** Leaves the message out: it may hold ids. */
  @Override
  public String toString() {
    return code();
  }

  /**
   * What a server said that led to an exception of a client.
   *
   * @param kind the exception by which the client tells what a server said
   * @return null if there is none among the causes
   */
  static @Nullable ErrorReply among(Throwable failure, Class<? extends Throwable> kind) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (kind.isInstance(t) && t.getMessage() != null) {
        return new ErrorReply(t.getMessage());
      }
    }
    return null;
  }
}
