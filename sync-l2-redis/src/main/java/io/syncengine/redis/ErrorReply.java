// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

/**
 * What Redis says instead of doing a command.
 *
 * @param message begins with a word that tells the kind, as {@code READONLY}; may hold what was
 *     sent, and so is shown to nobody
 */
record ErrorReply(String message) {
  /** The word that tells the kind; {@code ERR} for most. */
  String code() {
    int space = message.indexOf(' ');
    return space < 0 ? message : message.substring(0, space);
  }

  /** Leaves the message out: it may hold ids. */
  @Override
  public String toString() {
    return code();
  }
}
