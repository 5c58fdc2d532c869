// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_COMMAND_LIST;
import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING;
import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_DESCRIPTION;
import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_EXIT_CODE_LIST;
import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_EXIT_CODE_LIST_HEADING;
import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_FOOTER;
import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_FOOTER_HEADING;
import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_OPTION_LIST;
import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_OPTION_LIST_HEADING;
import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_PARAMETER_LIST;
import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_PARAMETER_LIST_HEADING;
import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_SYNOPSIS;
import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_SYNOPSIS_HEADING;

import java.util.List;
import picocli.CommandLine;

/** The sections of each command's help, in the order of a man page. */
final class Manual {
  private static final String SECTION_KEY_ENVIRONMENT = "environment";

  private static final String ENVIRONMENT =
      String.join(
          System.lineSeparator(),
          "",
          "Environment:",
          "  SYNC_SQL_URL      As --sql-url, for a URL with a password: other users can see",
          "                    the words of a command line.",
          "  SYNC_REDIS_URL    As --redis-url, likewise.",
          "  SYNC_AGAINST_URL  As --against, likewise.",
          "  SYNC_...          Any option of the engine; SYNC_WAL_PATH is wal_path.",
          "  JAVA_HOME         The Java to run on; by default the one on the PATH.",
          "");

  private Manual() {}

  /** Says what picocli's own command does in the words of the others. */
  static void describeHelp(CommandLine help) {
    help.getCommandSpec()
        .usageMessage()
        .header(new String[0])
        .synopsisHeading("Usage: ")
        .description("Prints the help of a command.")
        .footer("  ${ROOT-COMMAND-NAME} help ingest");
  }

  /** Puts the sections of a command and of all under it in order. */
  static void arrange(CommandLine line) {
    line.setHelpSectionKeys(
        List.of(
            SECTION_KEY_SYNOPSIS_HEADING,
            SECTION_KEY_SYNOPSIS,
            SECTION_KEY_DESCRIPTION,
            SECTION_KEY_COMMAND_LIST_HEADING,
            SECTION_KEY_COMMAND_LIST,
            SECTION_KEY_PARAMETER_LIST_HEADING,
            SECTION_KEY_PARAMETER_LIST,
            SECTION_KEY_OPTION_LIST_HEADING,
            SECTION_KEY_OPTION_LIST,
            SECTION_KEY_EXIT_CODE_LIST_HEADING,
            SECTION_KEY_EXIT_CODE_LIST,
            SECTION_KEY_ENVIRONMENT,
            SECTION_KEY_FOOTER_HEADING,
            SECTION_KEY_FOOTER));
    line.getHelpSectionMap().put(SECTION_KEY_ENVIRONMENT, help -> ENVIRONMENT);
    line.getSubcommands().values().forEach(Manual::arrange);
  }
}
