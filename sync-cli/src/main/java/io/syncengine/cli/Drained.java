// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import io.syncengine.model.DrainReport;
import java.util.Locale;
import java.util.Map;

/** Words for what a closing engine says. */
final class Drained {
  private Drained() {}

  /** In a few words where the accepted writes are. */
  static String text(DrainReport report) {
    if (report.complete()) {
      return "every accepted write is in the ground truth";
    }
    String text =
        report.waitingInLog() == 0
            ? ""
            : String.format(
                Locale.ROOT, "%,d wait in the log for the next start", report.waitingInLog());
    if (report.lostCount() > 0) {
      text += text.isEmpty() ? "" : ", ";
      text += String.format(Locale.ROOT, "%,d are lost", report.lostCount());
    }
    return text;
  }

  /** The same as facts, for {@code --json}. */
  static Map<String, Object> facts(DrainReport report) {
    return Map.of("waitingInLog", report.waitingInLog(), "lost", report.lostCount());
  }

  /** Ends the command if something is lost. */
  static void requireNothingLost(DrainReport report) {
    if (report.lostCount() > 0) {
      throw new CommandException(
          ExitCodes.UNAVAILABLE,
          "Lost",
          String.format(
              Locale.ROOT, "%,d writes did not reach the ground truth", report.lostCount()),
          "run the command again once it can be reached, or use a log");
    }
  }
}
