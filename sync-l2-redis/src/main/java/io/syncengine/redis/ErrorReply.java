// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.redis;

/**
 * What Redis says instead of doing a command.
 *
 * @param message begins with a word that tells the kind, as {@code READONLY}; may hold what was
 *     sent, and so is shown to nobody
 */
record ErrorReply(String message) {
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

  /** Leaves the message out: it may hold ids. */
  @Override
  public String toString() {
    return code();
  }
}
