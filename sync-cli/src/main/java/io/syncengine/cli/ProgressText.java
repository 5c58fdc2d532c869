// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import java.util.Locale;

/** How far a work is, as a bar that fits a terminal or as a plain line. */
final class ProgressText {
  private static final int LONGEST_BAR = 40;
  private static final int SHORTEST_BAR = 5;
  private static final String SPINNER = "|/-\\";

  private final String verb;
  private final String unit;

  /**
   * Makes texts.
   *
   * @param verb what is done
   * @param unit what is counted, in the plural
   */
  ProgressText(String verb, String unit) {
    this.verb = verb;
    this.unit = unit;
  }

  /**
   * A bar with rate and time left; where the total is not known, a spinner with rate and time gone.
   *
   * @param pace holds a point at least
   * @param columns the width of the terminal, which the bar makes room in
   */
  String bar(Pace pace, int columns) {
    Pace.Point now = pace.last();
    String figures = Facts.count(now.count()) + " " + unit + "  " + rate(pace);
    if (now.isKnown()) {
      String head = String.format(Locale.ROOT, "%s %3d %% ", verb, percent(now));
      String tail = "  " + figures + "  " + clock(pace.secondsLeft()) + " left";
      int room = columns - 1 - head.length() - tail.length() - 2;
      return head + (room < SHORTEST_BAR ? "" : bar(now.part(), room)) + tail;
    }
    char spin = SPINNER.charAt((int) (now.nanos() / 100_000_000 % SPINNER.length()));
    return verb + " " + spin + "  " + figures + "  " + clock(now.nanos() / 1_000_000_000);
  }

  /** The same in words. */
  String plain(Pace pace) {
    Pace.Point now = pace.last();
    String figures = Facts.count(now.count()) + " " + unit + ", " + rate(pace);
    if (!now.isKnown()) {
      return verb + ": " + figures;
    }
    long left = pace.secondsLeft();
    return verb
        + ": "
        + percent(now)
        + " %, "
        + figures
        + (left < 0 ? "" : ", " + Facts.count(left) + " s left");
  }

  private static String bar(double part, int room) {
    int width = Math.min(room, LONGEST_BAR);
    int filled = (int) (part * width);
    String arrow = filled == width ? "=".repeat(width) : "=".repeat(filled) + ">";
    return "[" + arrow + " ".repeat(width - arrow.length()) + "]";
  }

  private static long percent(Pace.Point point) {
    return (long) (point.part() * 100);
  }

  private static String rate(Pace pace) {
    return Facts.count(Math.round(pace.rate())) + "/s";
  }

  private static String clock(long seconds) {
    if (seconds < 0) {
      return "-:--";
    }
    long hours = seconds / 3600;
    String minutes = String.format(Locale.ROOT, hours > 0 ? "%02d" : "%d", seconds / 60 % 60);
    return (hours > 0 ? hours + ":" : "")
        + minutes
        + String.format(Locale.ROOT, ":%02d", seconds % 60);
  }
}
