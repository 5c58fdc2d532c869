// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.model;

import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in the change log of a ground truth, behind a commit: whoever has taken in everything up
 * to there goes on from it, at any time, in any process. As text it can be kept anywhere.
 *
 * @param databaseId which database; empty for {@link #earliest} and {@link #latest}
 * @param sequence the change row that was taken in last
 * @param tag that row's tag, by which another history is told
 * @since 0.1
 */
public record ChangePosition(String databaseId, long sequence, long tag) {
  private static final ChangePosition EARLIEST = new ChangePosition("", 0, 0);
  private static final ChangePosition LATEST = new ChangePosition("", Long.MAX_VALUE, 0);
  private static final Pattern TEXT =
      Pattern.compile("([A-Za-z0-9-]{1,64}):([0-9]{1,18}):([0-9a-f]{1,16})");

  /**
   * Checks the id.
   *
   * @param databaseId see {@link #databaseId()}
   * @param sequence see {@link #sequence()}
   * @param tag see {@link #tag()}
   */
  public ChangePosition {
    Objects.requireNonNull(databaseId, "databaseId");
  }

  /**
   * Before the oldest change that is kept.
   *
   * @return a position in any database
   */
  public static ChangePosition earliest() {
    return EARLIEST;
  }

  /**
   * Behind the newest change that the engine has followed when somebody subscribes; where it has
   * followed none yet, since it could not ask the ground truth, behind the newest that it first
   * sees there.
   *
   * @return a position in any database
   */
  public static ChangePosition latest() {
    return LATEST;
  }

  /**
   * Reads what {@link #toString} wrote.
   *
   * @param text a position as text
   * @return the position
   * @throws IllegalArgumentException if it is none
   */
  public static ChangePosition parse(String text) {
    if (text.equals("earliest")) {
      return EARLIEST;
    }
    if (text.equals("latest")) {
      return LATEST;
    }
    Matcher m = TEXT.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException(
          "not a position: '"
              + text
              + "'; it is <database>:<sequence>:<tag> as an event had it, or earliest, or latest");
    }
    return new ChangePosition(
        m.group(1), Long.parseLong(m.group(2)), Long.parseUnsignedLong(m.group(3), 16));
  }

  @Override
  public String toString() {
    if (databaseId.isEmpty()) {
      return equals(LATEST) ? "latest" : "earliest";
    }
    return databaseId + ":" + sequence + ":" + Long.toHexString(tag);
  }
}
