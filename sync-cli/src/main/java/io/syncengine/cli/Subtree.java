// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

/** Dotted subtrees, as {@link io.syncengine.SyncEngine#scan} defines them. */
final class Subtree {
  private Subtree() {}

  /** Whether a subtree holds an id. */
  static boolean holds(String prefix, String id) {
    if (!id.startsWith(prefix)) {
      return false;
    }
    return prefix.isEmpty()
        || prefix.endsWith(".")
        || id.length() == prefix.length()
        || id.charAt(prefix.length()) == '.';
  }
}
