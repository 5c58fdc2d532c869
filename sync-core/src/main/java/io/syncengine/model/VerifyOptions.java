// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

import java.util.Objects;
import java.util.Optional;

/**
 * What {@code verify} and {@code repair} look at, and what a repair may do. Immutable.
 *
 * @since 0.1
 */
public final class VerifyOptions {
  private static final VerifyOptions DEFAULTS =
      new VerifyOptions("", false, Optional.empty(), false, false, 0);

  private final String prefix;
  private final boolean deep;
  private final Optional<String> against;
  private final boolean dryRun;
  private final boolean fromL2;
  private final long itemsPerSecond;

  private VerifyOptions(
      String prefix,
      boolean deep,
      Optional<String> against,
      boolean dryRun,
      boolean fromL2,
      long itemsPerSecond) {
    this.prefix = Objects.requireNonNull(prefix, "prefix");
    this.deep = deep;
    this.against = against;
    this.dryRun = dryRun;
    this.fromL2 = fromL2;
    this.itemsPerSecond = itemsPerSecond;
  }

  /**
   * Everything, by digests where these are kept: L2 against the ground truth.
   *
   * @return the options
   */
  public static VerifyOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Looks at a dotted subtree alone, whose digests are summed over its items.
   *
   * @param value the subtree, as in {@code scan}; empty for everything
   * @return the options with it
   */
  public VerifyOptions withPrefix(String value) {
    return new VerifyOptions(value, deep, against, dryRun, fromL2, itemsPerSecond);
  }

  /**
   * Reads every row and hashes every content, and holds the kept digests against the rows: so finds
   * what was changed behind the engine's back.
   *
   * @param value whether to
   * @return the options with it
   */
  public VerifyOptions withDeep(boolean value) {
    return new VerifyOptions(prefix, value, against, dryRun, fromL2, itemsPerSecond);
  }

  /**
   * Compares the ground truth with another database, in the place of L2: a second site's, a
   * replica, a restored backup.
   *
   * @param sqlUrl its URL, as {@code sql_url}, and not the engine's own
   * @return the options with it
   */
  public VerifyOptions withAgainst(String sqlUrl) {
    return new VerifyOptions(prefix, deep, Optional.of(sqlUrl), dryRun, fromL2, itemsPerSecond);
  }

  /**
   * Lets a repair say what it would do, and do nothing.
   *
   * @param value whether to
   * @return the options with it
   */
  public VerifyOptions withDryRun(boolean value) {
    return new VerifyOptions(prefix, deep, against, value, fromL2, itemsPerSecond);
  }

  /**
   * Lets a deep repair restore rows that the ground truth lost, or that are damaged there, from
   * what L2 holds of them.
   *
   * @param value whether to; it makes the repair deep
   * @return the options with it
   */
  public VerifyOptions withFromL2(boolean value) {
    return new VerifyOptions(prefix, deep || value, against, dryRun, value, itemsPerSecond);
  }

  /**
   * Bounds how fast rows are read.
   *
   * @param value rows a second, 0 for no bound
   * @return the options with it
   * @throws IllegalArgumentException if it is negative
   */
  public VerifyOptions withItemsPerSecond(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("itemsPerSecond is " + value + "; 0 or more is needed");
    }
    return new VerifyOptions(prefix, deep, against, dryRun, fromL2, value);
  }

  /**
   * The subtree.
   *
   * @return empty for everything
   */
  public String prefix() {
    return prefix;
  }

  /**
   * Whether rows and contents are read.
   *
   * @return true if they are
   */
  public boolean deep() {
    return deep;
  }

  /**
   * The other database.
   *
   * @return its URL, if there is one; it may hold a password
   */
  public Optional<String> against() {
    return against;
  }

  /**
   * Whether a repair changes nothing.
   *
   * @return true if it does not
   */
  public boolean dryRun() {
    return dryRun;
  }

  /**
   * Whether rows are restored from L2.
   *
   * @return true if they may be
   */
  public boolean fromL2() {
    return fromL2;
  }

  /**
   * How fast rows are read.
   *
   * @return rows a second; 0 for no bound
   */
  public long itemsPerSecond() {
    return itemsPerSecond;
  }

  /** Without the URL, which may hold a password. */
  @Override
  public String toString() {
    return "VerifyOptions[deep="
        + deep
        + ", against="
        + (against.isPresent() ? "another database" : "none")
        + ", dryRun="
        + dryRun
        + ", fromL2="
        + fromL2
        + ", itemsPerSecond="
        + itemsPerSecond
        + "]";
  }
}
