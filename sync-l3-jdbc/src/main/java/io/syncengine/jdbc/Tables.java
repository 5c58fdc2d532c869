// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.jdbc;

import java.util.regex.Pattern;

/**
 * The names of the tables of a namespace. They are the only names that become part of SQL texts.
 *
 * @param items one row an id
 * @param changes one row a commit
 * @param head one row: the place of the newest change row
 * @param meta what the data is, key to value
 * @param digests the sums of leaves, a page of buckets a row
 * @param readers one row for each who reads the change log now and then
 */
record Tables(
    String items, String changes, String head, String meta, String digests, String readers) {
  private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9_]{0,32}");

  /**
   * The tables of a namespace.
   *
   * @throws IllegalArgumentException if it is not {@code [a-z0-9_]{0,32}}
   */
  static Tables of(String namespace) {
    if (!NAMESPACE.matcher(namespace).matches()) {
      throw new IllegalArgumentException("namespace is not [a-z0-9_]{0,32}");
    }
    // Quoted by every dialect: a namespace may begin with a digit.
    String prefix = namespace.isEmpty() ? "" : namespace + "_";
    return new Tables(
        prefix + "items",
        prefix + "changes",
        prefix + "head",
        prefix + "meta",
        prefix + "digests",
        prefix + "readers");
  }

  /** The table of a role, such as {@code items}. */
  String named(String role) {
    return items.substring(0, items.length() - "items".length()) + role;
  }
}
